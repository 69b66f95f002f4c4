internal import CLinux
internal import Glibc

/// One request to the kernel as bytes: the header, the fixed part, the attributes.
struct NetlinkMessage {
  private(set) var bytes: [UInt8]

  init(type: Int, flags: Int32 = 0) {
    bytes = []
    append(UInt32(0))
    append(UInt16(type))
    append(UInt16(Int32(NLM_F_REQUEST) | flags))
    append(UInt32(0))
    append(UInt32(0))
  }

  mutating func append<I: FixedWidthInteger>(_ value: I) {
    unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
  }

  /// An attribute, padded to four bytes.
  mutating func append(attribute: Int, _ value: [UInt8]) {
    append(UInt16(4 + value.count))
    append(UInt16(attribute))
    bytes += value
    while bytes.count % 4 != 0 { bytes.append(0) }
  }

  mutating func append(attribute: Int, _ value: UInt32) {
    append(attribute: attribute, Self.attributes { $0.append(value) })
  }

  /// The request with its length and sequence number filled in.
  func finished(sequence: UInt32) -> [UInt8] {
    var all = NetlinkMessage.empty
    all.append(UInt32(bytes.count))
    all.bytes += bytes[4..<8]
    all.append(sequence)
    all.bytes += bytes[12...]
    return all.bytes
  }

  /// Attributes by themselves, to be put into another.
  static func attributes(_ body: (inout NetlinkMessage) -> Void) -> [UInt8] {
    var part = NetlinkMessage.empty
    body(&part)
    return part.bytes
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private static let empty = NetlinkMessage(bytes: [])
}

/// One message from the kernel.
struct NetlinkReply {
  let type: Int
  let sequence: UInt32
  let payload: [UInt8]

  /// The messages in one datagram; a truncated tail is dropped.
  static func parse(_ bytes: [UInt8]) -> [NetlinkReply] {
    var replies: [NetlinkReply] = []
    var start = 0
    while start + 16 <= bytes.count {
      let length = Int(bytes.number(at: start, UInt32.self))
      guard length >= 16, start + length <= bytes.count else { break }
      replies.append(
        NetlinkReply(
          type: Int(bytes.number(at: start + 4, UInt16.self)),
          sequence: bytes.number(at: start + 8, UInt32.self),
          payload: Array(bytes[(start + 16)..<(start + length)])))
      start += (length + 3) & ~3
    }
    return replies
  }

  /// The attributes behind a fixed part of that size: the last of each kind.
  func attributes(after fixed: Int) -> [Int: [UInt8]] {
    var found: [Int: [UInt8]] = [:]
    var start = fixed
    while start + 4 <= payload.count {
      let length = Int(payload.number(at: start, UInt16.self))
      guard length >= 4, start + length <= payload.count else { break }
      found[Int(payload.number(at: start + 2, UInt16.self))] =
        Array(payload[(start + 4)..<(start + length)])
      start += (length + 3) & ~3
    }
    return found
  }
}

extension [UInt8] {
  /// A number in the machine's byte order; 0 past the end.
  func number<I: FixedWidthInteger>(at start: Int, _ type: I.Type) -> I {
    let size = MemoryLayout<I>.size
    guard start >= 0, start + size <= count else { return 0 }
    return unsafe withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: start, as: I.self) }
  }
}
