public import Basics
internal import CLinux
internal import Glibc

extension Netlink {
  /// Every address of the namespace, of both families, in order. Of IPv6 only those that may be used: not
  /// while the kernel still looks whether a neighbour has it.
  public func addresses() throws(Errno) -> [InterfaceAddress] {
    var names: [Int32: String] = [:]
    for link in try links() { names[link.index] = link.name }
    return try addressReplies().compactMap { AddressChange($0) }.filter(\.isHeld).compactMap {
      change in
      names[change.index].map { InterfaceAddress(interface: $0, prefix: change.prefix) }
    }.sorted()
  }

  func addressReplies() throws(Errno) -> [NetlinkReply] {
    var message = NetlinkMessage(type: Int(RTM_GETADDR), flags: Int32(NLM_F_DUMP))
    message.appendAddress(AF_UNSPEC, length: 0, index: 0)
    return try exchange(message, "list the addresses")
  }

  /// Gives an interface an address, for use at once: nobody is asked whether it has that of IPv6
  /// already (RFC 4862, section 5.4), for addresses are given out once. Throws EEXIST when it holds it already, ENODEV when there is no
  /// such interface.
  public func add(_ address: InterfaceAddress) throws(Errno) {
    let flags = Int32(NLM_F_ACK) | Int32(NLM_F_CREATE) | Int32(NLM_F_EXCL)
    try send(address, type: Int(RTM_NEWADDR), flags: flags, "add \(address)")
  }

  /// Takes an address from an interface; throws EADDRNOTAVAIL when it is not held, ENODEV when
  /// there is no such interface. With a primary address the kernel removes its secondaries.
  public func delete(_ address: InterfaceAddress) throws(Errno) {
    try send(address, type: Int(RTM_DELADDR), flags: Int32(NLM_F_ACK), "delete \(address)")
  }

  private func send(
    _ address: InterfaceAddress, type: Int, flags: Int32, _ attempt: String
  ) throws(Errno) {
    var message = NetlinkMessage(type: type, flags: flags)
    let index = try link(address.interface).index
    let prefix = address.prefix
    let isNew = type == Int(RTM_NEWADDR)
    message.appendAddress(
      prefix.family.kernelNumber, length: UInt8(prefix.length),
      flags: isNew && prefix.family == .v6 ? UInt8(IFA_F_NODAD) : 0, index: UInt32(index))
    message.append(attribute: Int(IFA_LOCAL), address.prefix.address.bytes)
    message.append(attribute: Int(IFA_ADDRESS), address.prefix.address.bytes)
    try change(message, attempt)
  }

  /// Adds a route; `.everything` of a family is its default route.
  public func addRoute(
    to destination: IPPrefix, via gateway: IPAddress? = nil, interface: String? = nil
  ) throws(Errno) {
    let flags = Int32(NLM_F_ACK) | Int32(NLM_F_CREATE) | Int32(NLM_F_EXCL)
    try route(RTM_NEWROUTE, flags, "add", destination, gateway, interface)
  }

  /// Deletes a route, whoever made it.
  public func deleteRoute(
    to destination: IPPrefix, via gateway: IPAddress? = nil, interface: String? = nil
  ) throws(Errno) {
    try route(RTM_DELROUTE, Int32(NLM_F_ACK), "delete", destination, gateway, interface)
  }

  private func route(
    _ type: some BinaryInteger, _ flags: Int32, _ verb: String, _ destination: IPPrefix,
    _ gateway: IPAddress?, _ interface: String?
  ) throws(Errno) {
    var message = NetlinkMessage(type: Int(type), flags: flags)
    let isNew = Int(type) == Int(RTM_NEWROUTE)
    let usual = gateway == nil ? RT_SCOPE_LINK.rawValue : RT_SCOPE_UNIVERSE.rawValue
    // A route is deleted whoever made it, and with whatever scope.
    let scope = isNew ? usual : RT_SCOPE_NOWHERE.rawValue
    let maker = isNew ? UInt8(RTPROT_STATIC) : UInt8(RTPROT_UNSPEC)
    for byte in [
      UInt8(destination.family.kernelNumber), UInt8(destination.length), 0, 0,
      UInt8(RT_TABLE_MAIN.rawValue),
      maker, UInt8(scope), UInt8(RTN_UNICAST),
    ] { message.append(byte) }
    message.append(UInt32(0))
    if destination.length > 0 {
      message.append(attribute: Int(RTA_DST.rawValue), destination.address.bytes)
    }
    if let gateway { message.append(attribute: Int(RTA_GATEWAY.rawValue), gateway.bytes) }
    if let interface {
      message.append(attribute: Int(RTA_OIF.rawValue), UInt32(try link(interface).index))
    }
    let path = gateway.map { " via \($0)" } ?? ""
    try change(message, "\(verb) the route to \(destination)\(path)")
  }
}

extension NetlinkMessage {
  mutating func appendAddress(_ family: Int32, length: UInt8, flags: UInt8 = 0, index: UInt32) {
    for byte in [UInt8(family), length, flags, 0] { append(byte) }
    append(index)
  }
}

extension IPAddress.Family {
  /// `AF_INET` or `AF_INET6`.
  var kernelNumber: Int32 { self == .v4 ? AF_INET : AF_INET6 }

  /// Nil for any other number than these two.
  init?(kernelNumber: Int32) {
    guard let family = Self.allCases.first(where: { $0.kernelNumber == kernelNumber }) else {
      return nil
    }
    self = family
  }
}
