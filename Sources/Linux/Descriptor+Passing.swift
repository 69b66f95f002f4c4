internal import CLinux
internal import Glibc

/// Handing an open file to another process: unix(7), `SCM_RIGHTS`.
extension Descriptor {
  /// Two connected Unix sockets, close-on-exec; who calls owns both numbers.
  public static func releasingPair() throws(Errno) -> (one: Int32, other: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw Errno.last("make a pair of sockets")
    }
    return (ends[0], ends[1])
  }

  /// Hands a copy of a descriptor to whoever has the other end of a Unix socket.
  public static func pass(_ file: Int32, over socket: Int32) throws(Errno) {
    let byte: UInt8 = 0
    let sent = unsafe withUnsafePointer(to: byte) { byte in
      unsafe withUnsafePointer(to: file) { unsafe cl_send_descriptors(socket, byte, 1, $0, 1) }
    }
    guard sent >= 0 else { throw Errno(Int32(-sent), "hand over a descriptor") }
  }

  /// Waits for what `pass` hands over at the other end; nil when that end was closed instead.
  public static func receive(over socket: Int32) throws(Errno) -> Descriptor? {
    var byte: UInt8 = 0
    var files: (Int32, Int32, Int32) = (-1, -1, -1)
    var count = 0
    let got = unsafe withUnsafeMutablePointer(to: &files) { files in
      unsafe files.withMemoryRebound(to: Int32.self, capacity: 3) {
        unsafe cl_receive_descriptors(socket, &byte, 1, $0, &count)
      }
    }
    guard got >= 0 else { throw Errno(Int32(-got), "take over a descriptor") }
    let others = [files.1, files.2].prefix(max(0, count - 1))
    for other in others { _ = Descriptor(owning: other) }
    return count > 0 ? Descriptor(owning: files.0) : nil
  }
}
