import Basics
import Packets
import TestGround
import Testing

/// What somebody who reads along on a line can tell.
struct LineTrafficTests {
  private static func read(_ frame: [UInt8]) -> LineTraffic {
    LineTraffic(reading: frame.span.bytes)
  }

  private static func udp(_ source: UInt16, _ target: UInt16, _ payload: [UInt8]) -> [UInt8] {
    let length = UInt16(8 + payload.count)
    let words = [source, target, length, 0].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    return FrameBuilder.ip(transport: 17, words + payload)
  }

  /// A message of IKE that says it has that length.
  private static func exchange(_ count: Int = 60, says length: Int? = nil, version: UInt8 = 0x20)
    -> [UInt8]
  {
    var bytes = [UInt8](repeating: 3, count: count)
    let length = UInt32(length ?? count)
    bytes[17] = version
    for place in 0..<4 {
      bytes[24 + place] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(place)))
    }
    return bytes
  }

  private static let esp: [UInt8] = [0xc1, 2, 3, 4, 0, 0, 0, 1] + [UInt8](repeating: 9, count: 40)

  @Test func theExchangeOfKeysIsKnownByItsHeader() {
    #expect(Self.read(Self.udp(500, 500, Self.exchange())) == .keys)
    #expect(Self.read(Self.udp(500, 500, Self.exchange(version: 0x10))) == .keys)
    #expect(Self.read(Self.udp(4500, 4500, [0, 0, 0, 0] + Self.exchange())) == .keys)
    // Not by its port alone.
    let other = LineTraffic.clear("UDP to port 500")
    #expect(
      Self.read(Self.udp(500, 500, Array("a text on that port, of some length".utf8))) == other)
    #expect(Self.read(Self.udp(500, 500, Self.exchange(says: 61))) == other)
    #expect(Self.read(Self.udp(500, 500, Self.exchange(version: 0x40))) == other)
    #expect(Self.read(Self.udp(500, 500, Array(Self.exchange().prefix(27)))) == other)
    #expect(
      Self.read(Self.udp(4500, 4500, [0, 0, 0, 0] + Self.exchange(says: 64)))
        == .clear("UDP to port 4500"))
    #expect(Self.read(Self.udp(5000, 5000, Self.exchange())) == .clear("UDP to port 5000"))
  }

  @Test func whatIsEncryptedIsKnownByItsIndex() {
    #expect(Self.read(FrameBuilder.ip(transport: 50, Self.esp)) == .sealed)
    #expect(Self.read(FrameBuilder.ip(isIPv6: true, transport: 50, Self.esp)) == .sealed)
    #expect(Self.read(Self.udp(4500, 4500, Self.esp)) == .sealed)
    #expect(Self.read(Self.udp(4500, 61_000, Self.esp)) == .sealed)
    #expect(Self.read(Self.udp(4500, 4500, [0xff])) == .sealed)
    #expect(Self.read(Self.udp(4500, 4500, [0xfe])) == .clear("UDP to port 4500"))
    #expect(
      Self.read(Self.udp(4500, 4500, Array(Self.esp.prefix(20)))) == .clear("UDP to port 4500"))
    #expect(Self.read(Self.udp(500, 500, Self.esp)) == .clear("UDP to port 500"))
    let reserved = [0, 0, 0, 200] + Self.esp.dropFirst(4)
    #expect(Self.read(Self.udp(4500, 4500, reserved)) == .clear("UDP to port 4500"))
    #expect(Self.read(FrameBuilder.ip(transport: 50, reserved)) == .clear("ESP without an index"))
  }

  @Test func aLineNeedsWhatItNeeds() {
    #expect(Self.read(FrameBuilder.arp(operation: 1, senderIP: 1, targetIP: 2)) == .housekeeping)
    #expect(Self.read(FrameBuilder.ndp(135, about: "fd00::2")) == .housekeeping)
    for type in [3, 4, 11, 12] as [UInt8] {
      #expect(
        Self.read(FrameBuilder.ip(transport: 1, [type] + [UInt8](repeating: 0, count: 40)))
          == .housekeeping)
    }
    for type in [1, 2, 3, 4, 136] as [UInt8] {
      #expect(
        Self.read(
          FrameBuilder.ip(isIPv6: true, transport: 58, [type] + [UInt8](repeating: 0, count: 40)))
          == .housekeeping)
    }
    // Echoes carry what somebody likes.
    for type in [0, 5, 8, 13] as [UInt8] {
      #expect(
        Self.read(FrameBuilder.ip(transport: 1, [type] + [UInt8](repeating: 0, count: 40)))
          == .clear("ICMP that is no error"))
    }
  }

  @Test func allElseIsInClear() {
    #expect(Self.read(FrameBuilder.tcp(payload: [1])) == .clear("TCP to port 80"))
    #expect(Self.read(FrameBuilder.tcp(isIPv6: true, payload: [1])) == .clear("TCP to port 80"))
    #expect(Self.read(FrameBuilder.udp(payload: [1])) == .clear("UDP to port 5353"))
    #expect(Self.read(FrameBuilder.ip(transport: 112, [1, 2])) == .clear("protocol 112 of IP"))
    #expect(Self.read(FrameBuilder.ethernet(type: 0x88cc, [1])) == .clear("EtherType 0x88cc"))
    #expect(Self.read([1, 2, 3]) == .clear("a frame that is too short"))
  }

  @Test func nobodyCanTellWhatALaterPieceIs() {
    var frame = FrameBuilder.tcp(payload: [1])
    frame[20] = 0x00
    frame[21] = 0xb9
    #expect(Self.read(frame) == .piece)
  }

  /// Whatever is cut off or damaged is read without a trap, and nothing short of a header is called encrypted.
  @Test func whatIsDamagedIsRead() {
    var chance = Chance(seed: Seeds.fresh())
    let frames = [
      Self.udp(4500, 4500, Self.esp), Self.udp(500, 500, Self.exchange()),
      FrameBuilder.ip(isIPv6: true, transport: 50, Self.esp), FrameBuilder.tcp(payload: [1, 2]),
    ]
    for frame in frames {
      for count in 0..<frame.count {
        let read = Self.read(Array(frame[..<count]))
        if count < 42 { #expect(read != .keys && read != .sealed, "\(count)") }
        var damaged = frame
        damaged[count] = UInt8(truncatingIfNeeded: chance.next())
        _ = Self.read(damaged)
      }
    }
  }
}
