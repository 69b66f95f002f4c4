public import Basics

/// A question to a DNS server (RFC 1035, section 4), and the answers that may be given to it in the server's
/// place.
public struct DNSQuestion: Hashable, Sendable {
  /// What is asked, whoever asks: two questions are the same whatever the case of their letters.
  public struct Key: Hashable, Sendable {
    /// The name's labels, each behind its length, in small letters, the empty one last.
    fileprivate let name: [UInt8]
    /// The number of the type of record: 1 for A, 28 for AAAA.
    public let type: UInt16
    fileprivate let classNumber: UInt16

    /// The name without a final dot; a byte that is no printable character shows as `?`.
    public var text: String {
      var labels: [String] = []
      var place = 0
      while place < name.count, name[place] > 0 {
        let label = name[place + 1..<place + 1 + Int(name[place])]
        let fit = label.map { (0x21...0x7e).contains($0) && $0 != 0x2e ? $0 : 0x3f }
        labels.append(String(decoding: fit, as: UTF8.self))
        place += 1 + label.count
      }
      return labels.joined(separator: ".")
    }
  }

  /// Chosen by who asks, and repeated in the answer.
  public let id: UInt16
  /// What is asked.
  public let key: Key
  /// The question as it was asked, which the answer repeats.
  fileprivate let bytes: [UInt8]
  private let flags: UInt16

  /// The number of addresses of IPv4 and IPv6 among the types of records.
  public static let addressTypes: (v4: UInt16, v6: UInt16) = (1, 28)
  /// How long a made-up answer may be kept, in seconds: hardly longer than the fault.
  private static let ttl: UInt8 = 1
  private static let headerBytes = 12

  /// Reads what a datagram carries; nil where that is not one ordinary question.
  public init?(reading message: [UInt8]) {
    guard let header = DNSHeader(message), header.flags & 0xf800 == 0, header.counts[0] == 1,
      header.counts[1] == 0, let asked = Self.question(in: message)
    else { return nil }
    (id, flags) = (header.id, header.flags)
    (key, bytes) = (asked.key, asked.bytes)
  }

  /// A question of our own for a record of a name, its recursion desired.
  ///
  /// - Parameter name: without a final dot; of letters, digits, `-` and `_`.
  public init(_ name: String, type: UInt16, id: UInt16) {
    let labels: [[UInt8]] = name.split(separator: ".").map { Array($0.utf8.prefix(63)) } + [[]]
    let wire: [UInt8] = labels.flatMap { label in [UInt8(label.count)] + label }
    self.id = id
    flags = 0x0100
    bytes = wire + [UInt8(type >> 8), UInt8(truncatingIfNeeded: type), 0, 1]
    key = Key(name: wire.map(Self.small), type: type, classNumber: 1)
  }

  /// The message that asks it.
  public var message: [UInt8] { DNSHeader.bytes(id, flags, [1, 0, 0, 0]) + bytes }

  /// What was asked, as asked again by the harness.
  public init(asking key: Key, id: UInt16) {
    self.id = id
    self.key = key
    flags = 0x0100
    let tail = [key.type, key.classNumber].flatMap {
      [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)]
    }
    bytes = key.name + tail
  }

  /// A response code and no records.
  public func answer(code: UInt8) -> [UInt8] { header(code, records: 0) + bytes }

  /// These addresses; of the other family than was asked, that there are none; nil where no addresses were
  /// asked for.
  public func answer(addresses: [IPAddress]) -> [UInt8]? {
    let family: IPAddress.Family
    switch key.type {
    case Self.addressTypes.v4: family = .v4
    case Self.addressTypes.v6: family = .v6
    default: return nil
    }
    let records = addresses.filter { $0.family == family }.map(\.bytes)
    let type = [UInt8(key.type >> 8), UInt8(truncatingIfNeeded: key.type)]
    return header(0, records: records.count) + bytes
      + records.flatMap { data in
        // The name is that of the question, which begins behind the header.
        [0xc0, UInt8(Self.headerBytes)] + type + [0, 1, 0, 0, 0, Self.ttl, 0, UInt8(data.count)]
          + data
      }
  }

  /// An answer that a server gave once, as one to this question.
  public func answer(again reply: DNSReply) -> [UInt8]? {
    guard reply.key == key else { return nil }
    var message = reply.message
    let flags = reply.flags & ~0x0100 | self.flags & 0x0100
    message.replaceSubrange(0..<4, with: DNSHeader.bytes(id, flags, []))
    message.replaceSubrange(Self.headerBytes..<Self.headerBytes + bytes.count, with: bytes)
    return message
  }

  private func header(_ code: UInt8, records: Int) -> [UInt8] {
    // An answer; recursion as desired, and available.
    let flags = 0x8080 | flags & 0x0100 | UInt16(code & 15)
    return DNSHeader.bytes(id, flags, [1, UInt16(clamping: records), 0, 0])
  }

  /// The first question of a message.
  static func question(in message: [UInt8]) -> (key: Key, bytes: [UInt8])? {
    var place = headerBytes
    while place < message.count, message[place] > 0 {
      guard message[place] < 64 else { return nil }
      place += 1 + Int(message[place])
    }
    let end = place + 5
    guard end <= message.count, end - headerBytes <= 260 else { return nil }
    let name = message[headerBytes...place].map(small)
    let numbers = stride(from: place + 1, to: end, by: 2).map {
      UInt16(message[$0]) << 8 | UInt16(message[$0 + 1])
    }
    return (
      Key(name: name, type: numbers[0], classNumber: numbers[1]), Array(message[headerBytes..<end])
    )
  }

  /// A length is below the letters.
  private static func small(_ byte: UInt8) -> UInt8 {
    (0x41...0x5a).contains(byte) ? byte + 32 : byte
  }
}

/// What a DNS server answered.
public struct DNSReply: Hashable, Sendable {
  /// The number of the question.
  public let id: UInt16
  /// What was asked.
  public let key: DNSQuestion.Key
  /// The response code: 0 for success, 2 SERVFAIL, 3 NXDOMAIN.
  public let code: UInt8
  /// The data of the records that answer, in order of their bytes; their times to live do not count.
  public let records: [[UInt8]]
  /// The whole message.
  fileprivate let message: [UInt8]
  fileprivate let flags: UInt16

  /// Reads what a datagram carries; nil where that is no answer to one question, or was cut off.
  public init?(reading message: [UInt8]) {
    guard let header = DNSHeader(message), header.flags & 0xfa00 == 0x8000, header.counts[0] == 1,
      let asked = DNSQuestion.question(in: message),
      let records = Self.records(header.counts[1], of: message, at: 12 + asked.bytes.count)
    else { return nil }
    (id, flags, key) = (header.id, header.flags, asked.key)
    code = UInt8(header.flags & 15)
    self.records = records.sorted { $0.lexicographicallyPrecedes($1) }
    self.message = message
  }

  /// Whether it says what there is, or that there is nothing: what may be remembered.
  public var isDefinite: Bool { code == 0 || code == 3 }

  private static func records(
    _ count: UInt16, of message: [UInt8], at start: Int
  ) -> [[UInt8]]? {
    var place = start
    var records: [[UInt8]] = []
    for _ in 0..<count {
      while place < message.count, message[place] > 0, message[place] < 64 {
        place += 1 + Int(message[place])
      }
      guard place < message.count else { return nil }
      place += message[place] == 0 ? 1 : 2
      guard place + 10 <= message.count else { return nil }
      let size = Int(message[place + 8]) << 8 | Int(message[place + 9])
      guard place + 10 + size <= message.count else { return nil }
      records.append(Array(message[place..<place + 2] + message[place + 10..<place + 10 + size]))
      place += 10 + size
    }
    return records
  }

  /// For a person: `10.0.0.1`, `SERVFAIL`, `no record`.
  public var text: String {
    let names: [UInt8: String] = [1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"]
    guard code == 0 else { return names[code] ?? "response code \(code)" }
    let shown = records.map { record in
      let data = record.dropFirst(2)
      let type = UInt16(record[0]) << 8 | UInt16(record[1])
      if type == 1 || type == 28, let address = IPAddress(bytes: data) { return "\(address)" }
      if type == 16 {
        let fit = data.dropFirst().prefix(40).map { (0x20...0x7e).contains($0) ? $0 : 0x3f }
        return String(decoding: fit, as: UTF8.self)
      }
      return "a record of type \(type)"
    }
    return shown.isEmpty ? "no record" : shown.joined(separator: ", ")
  }

  /// The addresses among its records.
  public var addresses: [IPAddress] {
    records.compactMap { record in
      record[0] == 0 && (record[1] == 1 || record[1] == 28)
        ? IPAddress(bytes: record.dropFirst(2)) : nil
    }
  }
}

/// The first twelve bytes of a message of DNS.
private struct DNSHeader {
  let id: UInt16
  let flags: UInt16
  /// Of questions, answers, authorities and additional records.
  let counts: [UInt16]

  init?(_ message: [UInt8]) {
    guard message.count >= 12 else { return nil }
    let words = stride(from: 0, to: 12, by: 2).map {
      UInt16(message[$0]) << 8 | UInt16(message[$0 + 1])
    }
    (id, flags, counts) = (words[0], words[1], Array(words[2...]))
  }

  static func bytes(_ id: UInt16, _ flags: UInt16, _ counts: [UInt16]) -> [UInt8] {
    ([id, flags] + counts).flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
  }
}
