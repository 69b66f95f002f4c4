public import Basics
internal import CLinux
internal import Packets

/// A word that is listened for in packets with a port, and how often it passed.
public struct HeardWord: Sendable {
  /// What is looked for; not empty.
  public let bytes: [UInt8]
  /// The sender's or the receiver's port, of TCP or UDP.
  public let port: UInt16
  /// In how many packets it was.
  public internal(set) var times = 0
  /// How many packets with that port carried anything.
  public internal(set) var packets = 0
  /// Who sent it first, and whom it was for; nil where it never passed.
  public internal(set) var first: (source: NodeID, target: IPAddress)?

  /// A word that has not been heard yet.
  public init(_ bytes: [UInt8], port: UInt16) {
    self.bytes = bytes
    self.port = port
  }
}

/// Looks for words in what passes, as somebody on the line could.
struct Eavesdropper {
  var heard: [HeardWord] = []

  /// Looks into a frame with a TCP segment or a UDP datagram in it. A word that goes on in the next is not found.
  mutating func note(_ frame: RawSpan, from source: NodeID) {
    guard !heard.isEmpty, let packet = TransportFrame(reading: frame) else { return }
    let start = packet.payloadOffset(in: frame)
    guard start < packet.end else { return }
    for index in heard.indices
    where heard[index].port == packet.sourcePort || heard[index].port == packet.targetPort {
      heard[index].packets += 1
      guard Self.contains(heard[index].bytes, frame.extracting(start..<packet.end)) else {
        continue
      }
      heard[index].times += 1
      if heard[index].first == nil { heard[index].first = (source, packet.target) }
    }
  }

  private static func contains(_ word: [UInt8], _ bytes: RawSpan) -> Bool {
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe cl_contains(bytes.baseAddress, bytes.count, word, word.count) != 0
    }
  }
}
