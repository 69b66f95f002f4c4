internal import Basics
internal import CLinux
internal import Glibc

extension SocketTable.End {
  /// Lends `body` the end as the kernel's calls want it: a `sockaddr_in` or a `sockaddr_in6`.
  func withSocketAddress<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    switch address.family {
    case .v4:
      var form = sockaddr_in()
      form.sin_family = sa_family_t(AF_INET)
      form.sin_port = port.bigEndian
      form.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.bits).bigEndian
      return unsafe Self.lend(&form, body)
    case .v6:
      var form = sockaddr_in6()
      form.sin6_family = sa_family_t(AF_INET6)
      form.sin6_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &form.sin6_addr) {
        unsafe $0.storeBytes(of: address.bits.bigEndian, as: UInt128.self)
      }
      return unsafe Self.lend(&form, body)
    }
  }

  private static func lend<Form, Result>(
    _ form: inout Form, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    let size = socklen_t(MemoryLayout<Form>.size)
    return unsafe withUnsafePointer(to: &form) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
    }
  }

  /// A socket's own end; throws where it has none.
  static func own(of descriptor: borrowing Descriptor) throws(Errno) -> SocketTable.End {
    var form = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = unsafe withUnsafeMutablePointer(to: &form) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor.raw, $0, &size)
      }
    }
    guard result == 0 else { throw Errno.last("ask for a socket's own end") }
    let bytes = unsafe withUnsafeBytes(of: form) { unsafe Array($0) }
    // The port is behind the family in both forms; then comes the address, or of IPv6 the flow's label.
    let place = Int32(form.ss_family) == AF_INET6 ? 8..<24 : 4..<8
    guard let address = IPAddress(bytes: bytes[place]) else { fatalError("4 or 16 bytes") }
    return SocketTable.End(address, UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
  }
}
