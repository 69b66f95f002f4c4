internal import Basics
internal import Linux

extension NodeSpec.Interface {
  /// Whether it is given an address of IPv6.
  var hasIPv6: Bool { addresses.contains { $0.family == .v6 } }

  /// How the kernel treats IPv6 on the interface, files under `/proc/sys/net` and their content.
  ///
  /// An interface without an address of it does not speak it at all: nothing is sent or held that the
  /// spec does not know. On one with such addresses these and the routes are what the spec says: no
  /// router's advertisement is believed and none is asked for. An address may be used as soon as it is
  /// there (no `dad`, RFC 4862), also one that a server takes over. Its own stay when it is set down,
  /// as those of IPv4 do.
  ///
  /// - Throws: where it has such addresses and the kernel knows no IPv6.
  func settingsOfIPv6() throws(Errno) -> [String: String] {
    guard Files.exists("/proc/sys/net/ipv6") else {
      if hasIPv6 { throw Errno.noIPv6("give \(name) an IPv6 address") }
      return [:]
    }
    var values = ["disable_ipv6": hasIPv6 ? "0" : "1"]
    if hasIPv6 {
      for name in [
        "accept_dad", "dad_transmits", "accept_ra", "autoconf", "router_solicitations",
        "accept_redirects", "use_tempaddr", "addr_gen_mode",
      ] { values[name] = "0" }
      values["keep_addr_on_down"] = "1"
    }
    return Dictionary(
      uniqueKeysWithValues: values.map { ("ipv6/conf/\(name)/\($0.key)", $0.value) })
  }
}
