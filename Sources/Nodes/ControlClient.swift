internal import CLinux
internal import Glibc
internal import Linux

/// The other end of a `ControlServer`.
public struct ControlClient: ~Copyable, Sendable {
  private let socket: Descriptor

  /// Connects to the server's socket; throws `NodesError.system` when there is none, nobody
  /// listens, or this user may not connect.
  public init(at path: String) throws(NodesError) {
    socket = Descriptor(
      owning: try system { () throws(Errno) in
        unsafe try Errno.check(cl_unix_connect(path), "connect to \(path)")
      })
  }

  /// To poll beside other descriptors once a request was begun: readable when the answer comes, or
  /// when the other end is gone.
  public var descriptor: Int32 { socket.raw }

  /// Sends a request with open files, as `ask` does, and returns at once.
  public func begin(_ bytes: [UInt8], files: [Int32] = []) throws(NodesError) {
    try send(bytes, files: files)
  }

  /// Says that what was begun has gone on for long enough: the other end takes it as if this one had gone, but can
  /// still answer.
  public func finishAsking() { _ = shutdown(socket.raw, Int32(SHUT_WR)) }

  /// Waits for the answer to what was begun.
  public func answer() throws(NodesError) -> [UInt8] {
    guard let reply = try ControlWire.receive(socket) else {
      throw .control("the run ended before it answered")
    }
    return reply.bytes
  }

  /// Sends a request and does not wait.
  func send(_ bytes: [UInt8], files: [Int32] = []) throws(NodesError) {
    try ControlWire.send(bytes, files: files, to: socket)
  }

  /// Sends bytes without the form of a message.
  func sendRaw(_ bytes: [UInt8]) throws(NodesError) {
    do throws(Errno) { try socket.write(bytes) } catch { throw .system(error) }
  }

  /// Sends a request with up to three open files, which stay the caller's, and waits for the
  /// reply.
  public func ask(_ bytes: [UInt8], files: [Int32] = []) throws(NodesError) -> [UInt8] {
    try send(bytes, files: files)
    return try answer()
  }
}

/// The form of a message: its length as four bytes, high byte first, with the open files; then
/// its bytes.
enum ControlWire {
  static let limitBytes = 64 << 20

  static func send(
    _ bytes: [UInt8], files: [Int32], to socket: borrowing Descriptor
  ) throws(NodesError) {
    guard files.count <= 3, bytes.count <= limitBytes else {
      throw .control("a message has at most three files and \(limitBytes) bytes")
    }
    let count = UInt32(bytes.count)
    let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) }
    let raw = socket.raw
    let sent = try system { () throws(Errno) in
      unsafe try Errno.check(
        cl_send_descriptors(raw, head, 4, files, files.count), "send over a control socket")
    }
    if sent != 4 { throw .control("a message's head was cut") }
    try sendAll(bytes, raw)
  }

  private static func sendAll(_ bytes: [UInt8], _ raw: Int32) throws(NodesError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = try system { () throws(Errno) in
        unsafe try Errno.check(
          rest.withUnsafeBytes {
            unsafe cl_send_descriptors(raw, $0.baseAddress, $0.count, nil, 0)
          },
          "send over a control socket")
      }
      rest = rest.dropFirst(sent)
    }
  }

  /// Nil when the other end closed the connection between two messages.
  static func receive(_ socket: borrowing Descriptor) throws(NodesError) -> ControlRequest? {
    var head = [UInt8](repeating: 0, count: 4)
    var files: [Int32] = [-1, -1, -1]
    var fileCount = 0
    let raw = socket.raw
    let got = try system { () throws(Errno) in
      unsafe try Errno.check(
        cl_receive_descriptors(raw, &head, 4, &files, &fileCount), "receive over a control socket")
    }
    let owned = Array(files.prefix(fileCount))
    if got == 0 { return nil }
    let count = head.reduce(0) { $0 << 8 | Int($1) }
    let request = ControlRequest(
      bytes: got == 4 && count <= limitBytes ? try receiveAll(count, socket) : [], files: owned)
    guard got == 4, count == request.bytes.count else { throw .control("a message was cut") }
    return request
  }

  private static func receiveAll(
    _ count: Int, _ socket: borrowing Descriptor
  ) throws(NodesError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let part = try socket.readPart(count - bytes.count)
      if part.isEmpty { return bytes }
      bytes += part
    }
    return bytes
  }
}

extension Descriptor {
  fileprivate borrowing func readPart(_ count: Int) throws(NodesError) -> [UInt8] {
    do throws(Errno) { return try read(upTo: min(count, 65_536)) } catch { throw .system(error) }
  }
}
