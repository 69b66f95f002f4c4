/// How often a word passed in clear on the network.
public struct Overheard: Hashable, Sendable {
  /// What is listened for.
  public struct Word: Hashable, Sendable {
    /// As it is sent, in UTF-8.
    public var text: String
    /// The sender's or the receiver's port, of TCP or UDP.
    public var port: UInt16

    /// A word on a port.
    public init(text: String, port: UInt16) {
      self.text = text
      self.port = port
    }
  }

  /// What was listened for.
  public var word: Word
  /// In how many packets it was.
  public var times: Int
  /// How many packets with that port and something in them there were.
  public var packets: Int
  /// From which node to which it passed first: `a -> b`; empty where it never did.
  public var first: String

  /// A word that passed so often, in so many packets.
  public init(_ word: Word, times: Int, packets: Int, first: String) {
    self.word = word
    self.times = times
    self.packets = packets
    self.first = first
  }
}
