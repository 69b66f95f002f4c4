internal import Basics
internal import Links

extension Schema {
  /// What a fault of a path may be told: its own keys, and which packets it is about.
  static func ofPath(_ own: [Schema.Key] = []) -> Schema {
    Schema(
      own + [
        .init(
          "protocol", .text,
          "Only packets of this protocol: tcp, udp, icmp, vrrp, arp, or the number of one above IP."
        ),
        .init(
          "port", .count(1...65535), "Only packets with this port, the sender's or the receiver's."),
      ])
  }
}

extension Settings {
  /// Which packets a fault of a path is about; nil: all.
  func packetKind() throws(FaultSettingsError) -> PacketKind? {
    let carried = try text("protocol").map { text throws(FaultSettingsError) in
      try PacketKind.Carried(text)
    }
    let port = integer("port").map { UInt16(clamping: $0) }
    guard carried != nil || port != nil else { return nil }
    if let carried, port != nil, !carried.hasPorts {
      throw FaultSettingsError("port", "only tcp and udp have ports")
    }
    return PacketKind(carried, port: port)
  }
}

extension PacketKind.Carried {
  /// Streams with acknowledgements.
  static let tcp = PacketKind.Carried.ip(name: "tcp", numbers: [6])

  private static let known: [(name: String, numbers: [UInt8])] = [
    ("tcp", [6]), ("udp", [17]), ("icmp", [1, 58]), ("vrrp", [112]),
  ]

  var hasPorts: Bool {
    if case .ip(_, let numbers) = self { numbers == [6] || numbers == [17] } else { false }
  }

  /// By its name, or by its number (IANA, assigned Internet protocol numbers).
  fileprivate init(_ text: String) throws(FaultSettingsError) {
    if text == "arp" {
      self = .arp
    } else if let known = Self.known.first(where: { $0.name == text }) {
      self = .ip(name: known.name, numbers: known.numbers)
    } else if let number = UInt8(text), String(number) == text {
      let name = Self.known.first { $0.numbers == [number] }?.name
      self = .ip(name: name ?? "protocol \(number)", numbers: [number])
    } else {
      let names = (Self.known.map(\.name) + ["arp"]).joined(separator: ", ")
      throw FaultSettingsError(
        "protocol", "'\(text)' is no protocol known here; write \(names), or a number up to 255")
    }
  }
}
