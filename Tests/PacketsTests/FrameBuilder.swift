import Basics
import Packets

/// Frames for tests, built byte by byte.
enum FrameBuilder {
  static func ethernet(
    target: UInt64 = 0x0200_0000_0002, source: UInt64 = 0x0200_0000_0001, type: UInt16,
    _ payload: [UInt8]
  ) -> [UInt8] {
    MAC(bits: target).bytes + MAC(bits: source).bytes + big(type) + payload
  }

  static func arp(operation: UInt16, senderIP: UInt32, targetIP: UInt32) -> [UInt8] {
    ethernet(
      target: 0xffff_ffff_ffff, type: 0x0806,
      big(UInt16(1)) + big(UInt16(0x0800)) + [6, 4] + big(operation)
        + MAC(bits: 0x0200_0000_0001).bytes + big(senderIP)
        + MAC(bits: 0).bytes + big(targetIP))
  }

  /// TCP over IPv4 or IPv6 with twelve bytes of options, IP checksum finished, TCP checksum open.
  static func tcp(
    isIPv6: Bool = false, sequence: UInt32 = 1000, flags: UInt8 = 0x18, payload: [UInt8]
  ) -> [UInt8] {
    let segment =
      big(UInt16(5000)) + big(UInt16(80)) + big(sequence) + big(UInt32(77)) + [0x80, flags]
      + big(UInt16(500)) + [0, 0, 0, 0] + [UInt8](repeating: 1, count: 12) + payload
    return ip(isIPv6: isIPv6, transport: 6, segment)
  }

  /// UDP over IPv4, IP checksum finished, UDP checksum open.
  static func udp(payload: [UInt8]) -> [UInt8] {
    let datagram =
      big(UInt16(53)) + big(UInt16(5353)) + big(UInt16(8 + payload.count)) + [0, 0] + payload
    return ip(isIPv6: false, transport: 17, datagram)
  }

  static func ip(isIPv6: Bool = false, transport: UInt8, _ payload: [UInt8]) -> [UInt8] {
    guard !isIPv6 else {
      let header = [0x60, 0, 0, 0] + big(UInt16(payload.count)) + [transport, 64]
      return ethernet(type: 0x86dd, header + Array(1...32) + payload)
    }
    var header =
      [0x45, 0] + big(UInt16(20 + payload.count)) + big(UInt16(9)) + [0x40, 0, 64, transport]
      + [0, 0] + big(UInt32(0x0a00_0001)) + big(UInt32(0x0a00_0002))
    header.replaceSubrange(10..<12, with: big(~sum(header)))
    return ethernet(type: 0x0800, header + payload)
  }

  /// Neighbour discovery: a message of a type about an address, with options behind it.
  static func ndp(
    _ type: UInt8, code: UInt8 = 0, flags: UInt8 = 0, from source: String = "fd00::1",
    about target: String, hopLimit: UInt8 = 255, options: [UInt8] = []
  ) -> [UInt8] {
    let (source, target) = (IPAddress(text: source)!, IPAddress(text: target)!)
    let message = [type, code, 0, 0, flags, 0, 0, 0] + target.bytes + options
    let header = [0x60, 0, 0, 0] + big(UInt16(message.count)) + [58, hopLimit]
    let everybody = IPAddress(text: "ff02::1")!
    return ethernet(
      target: 0x3333_0000_0001, type: 0x86dd, header + source.bytes + everybody.bytes + message)
  }

  /// The option by which a sender says its hardware address: type 1 in a question, 2 in an answer.
  static func linkLayer(_ type: UInt8, _ mac: UInt64 = 0x0200_0000_0001) -> [UInt8] {
    [type, 1] + MAC(bits: mac).bytes
  }

  /// Puts the sum of the pseudo-header where the checksum will be, as a kernel does.
  static func openChecksum(_ frame: [UInt8], field: Int) -> [UInt8] {
    var frame = frame
    frame.replaceSubrange(field..<field + 2, with: big(pseudoSum(frame)))
    return frame
  }

  /// Whether the transport checksum of a frame is right, by the book (RFC 1071), slowly.
  static func hasRightChecksum(_ frame: [UInt8]) -> Bool {
    sum(Array(frame[transportOffset(frame)...]), UInt32(pseudoSum(frame))) == 0xffff
  }

  static func transportOffset(_ frame: [UInt8]) -> Int { frame[12] == 0x08 ? 34 : 54 }

  static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  /// The folded ones' complement sum, one big-endian word at a time.
  static func sum(_ bytes: [UInt8], _ start: UInt32 = 0) -> UInt16 {
    var sum = start
    for (index, byte) in bytes.enumerated() {
      sum += index % 2 == 0 ? UInt32(byte) << 8 : UInt32(byte)
      sum = (sum & 0xffff) + (sum >> 16)
    }
    return UInt16(sum)
  }

  private static func pseudoSum(_ frame: [UInt8]) -> UInt16 {
    let isIPv6 = frame[12] == 0x86
    let offset = transportOffset(frame)
    let addresses = isIPv6 ? frame[22..<54] : frame[26..<34]
    let transport = isIPv6 ? frame[20] : frame[23]
    return sum(Array(addresses) + [0, transport] + big(UInt16(frame.count - offset)))
  }
}
