import Glibc

/// Sockets of stub servers: bound to a free port of the loopback, of IPv4 or IPv6.
enum Loopback {
  /// As it stands in a URL.
  static func host(isIPv6: Bool) -> String { isIPv6 ? "[::1]" : "127.0.0.1" }

  /// Whether the kernel has one of IPv6.
  static let hasIPv6 = access("/proc/sys/net/ipv6", F_OK) == 0

  static func bind(_ type: __socket_type, isIPv6: Bool) -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(type.rawValue), 0)
    if isIPv6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_addr = in6addr_loopback
      bind(descriptor, &address)
      return (descriptor, UInt16(bigEndian: address.sin6_port))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    bind(descriptor, &address)
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  private static func bind<Form>(_ descriptor: Int32, _ address: inout Form) {
    var length = socklen_t(MemoryLayout<Form>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        precondition(Glibc.bind(descriptor, generic, length) == 0)
        precondition(getsockname(descriptor, generic, &length) == 0)
      }
    }
  }
}
