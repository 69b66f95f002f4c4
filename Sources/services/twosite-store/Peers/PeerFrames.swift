import ServiceGround

/// What goes through a connection in one direction after the handshake: a length, and a message
/// with its checksum, or, between sites, encrypted under the session's key. The nonce is the number
/// of the frame.
struct PeerFrames {
  /// More than this is not a message.
  static let most = 1 << 28
  private let key: [UInt8]?
  private var count: UInt64 = 0

  /// - Parameter key: nil where the messages are not encrypted.
  init(key: [UInt8]?) { self.key = key }

  mutating func bytes(_ message: [UInt8]) -> [UInt8] {
    var content = Packing()
    if let key {
      content.addRest(SealedBox.seal(message, key: key, nonce: nonce()))
    } else {
      content.add(Checksum.of(message))
      content.addRest(message)
    }
    var frame = Packing()
    frame.add(content.bytes)
    return frame.bytes
  }

  /// The next message; nil once the connection has ended or its bytes are not those that were sent.
  mutating func read(_ socket: PeerSocket) -> [UInt8]? {
    guard let size = socket.read(4, until: nil) else { return nil }
    var length = Unpacking(size)
    let count = Int(length.number(UInt32.self)!)
    guard count <= Self.most, let content = socket.read(count, until: .after(.seconds(10))) else {
      return nil
    }
    if let key { return SealedBox.open(content, key: key, nonce: nonce()) }
    var parts = Unpacking(content)
    guard let checksum: UInt32 = parts.number() else { return nil }
    let message = parts.rest()
    return Checksum.of(message) == checksum ? message : nil
  }

  private mutating func nonce() -> [UInt8] {
    var nonce = Packing()
    nonce.add(UInt32(0))
    nonce.add(count)
    count += 1
    return nonce.bytes
  }
}
