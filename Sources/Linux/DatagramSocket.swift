public import Basics
internal import CLinux
internal import Glibc

/// A UDP socket that speaks with one other end, from the network of the thread that made it; usable from any.
public final class DatagramSocket: Sendable {
  private let descriptor: Descriptor

  /// Opens one; throws where no route leads there.
  public init(to address: IPAddress, port: UInt16) throws(Errno) {
    let attempt = "open a socket to \(address.inURL):\(port)"
    let family = address.family == .v4 ? AF_INET : AF_INET6
    let kind =
      Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let socket = Descriptor(
      owning: try Errno.retrying(attempt) { Glibc.socket(family, kind, 0) })
    let code = unsafe Self.withAddress(address, port) { address, size in
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

  private static func withAddress(
    _ address: IPAddress, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var v4 = sockaddr_in()
    var v6 = sockaddr_in6()
    guard address.family == .v6 else {
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      v4.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.bits).bigEndian
      return unsafe withBytes(of: &v4, body)
    }
    v6.sin6_family = sa_family_t(AF_INET6)
    v6.sin6_port = port.bigEndian
    unsafe withUnsafeMutableBytes(of: &v6.sin6_addr) { unsafe $0.copyBytes(from: address.bytes) }
    return unsafe withBytes(of: &v6, body)
  }

  private static func withBytes<Address>(
    of address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
