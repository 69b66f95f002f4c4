internal import Basics
internal import CLinux
internal import Glibc

/// A TCP socket that lets nobody wait, in the network of the calling thread.
enum StreamSocket {
  static func open(
    _ family: IPAddress.Family, _ attempt: String
  ) throws(Errno) -> Descriptor {
    let kind =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return Descriptor(owning: try Errno.retrying(attempt) { socket(family.kernelNumber, kind, 0) })
  }

  /// Begins a connection; 0 where it stands already, `EINPROGRESS` where it is under way, else why it is not.
  static func begin(_ socket: borrowing Descriptor, to end: SocketTable.End) -> Int32 {
    let descriptor = socket.raw
    return unsafe end.withSocketAddress { address, size in
      unsafe Glibc.connect(descriptor, address, size) == 0 ? 0 : cl_errno()
    }
  }

  /// What became of a connection that was begun, once the socket can be written to: 0 where it stands.
  static func outcome(_ socket: borrowing Descriptor) -> Int32 {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(socket.raw, SOL_SOCKET, SO_ERROR, &code, &size)
    return code
  }
}
