public import Basics
internal import CLinux
internal import Glibc

/// A UDP socket that speaks with one other end, from the network of the thread that made it; usable from any.
public final class DatagramSocket: Sendable {
  private let descriptor: Descriptor

  /// Opens one; throws where no route leads there.
  public init(to address: IPAddress, port: UInt16) throws(Errno) {
    let attempt = "open a socket to \(address.inURL):\(port)"
    let kind =
      Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let socket = Descriptor(
      owning: try Errno.retrying(attempt) { Glibc.socket(address.family.kernelNumber, kind, 0) })
    let code = unsafe SocketTable.End(address, port).withSocketAddress { address, size in
      unsafe Glibc.connect(socket.raw, address, size) == 0 ? 0 : cl_errno()
    }
    guard code == 0 else { throw Errno(code, attempt) }
    descriptor = socket
  }

  /// To wait on: readable when a datagram came, or the other end refused one.
  public var raw: Int32 { descriptor.raw }

  /// Sends a datagram; false where the kernel did not take it, or the last one was refused.
  @discardableResult
  public func send(_ bytes: [UInt8]) -> Bool {
    unsafe Glibc.send(descriptor.raw, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      == bytes.count
  }

  /// What waits to be read, in the order of its arrival; that the other end refused a datagram is read past.
  public func receive() -> [[UInt8]] {
    var found: [[UInt8]] = []
    while true {
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe recv(descriptor.raw, &bytes, bytes.count, 0)
      if count >= 0 {
        found.append(Array(bytes[..<count]))
      } else if ![EINTR, ECONNREFUSED].contains(cl_errno()) {
        return found
      }
    }
  }
}
