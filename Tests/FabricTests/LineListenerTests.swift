import Basics
import Links
import Packets
import Testing

@testable import Fabric

struct HeardLineTests {
  /// A datagram from one address to another.
  private static func frame(_ source: UInt8, _ ports: (UInt16, UInt16), _ payload: [UInt8])
    -> [UInt8]
  {
    let frame = IPFrame(
      link: (MAC(bits: 1), MAC(bits: 2)),
      network: (IPAddress(text: "10.0.0.\(source)")!, IPAddress(text: "10.0.0.9")!))
    let words = [ports.0, ports.1, UInt16(8 + payload.count), 0]
    return frame.bytes(.udp, words.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } + payload)
  }

  private static let sealed = [UInt8](repeating: 7, count: 40)

  @Test func whatIsEncryptedIsCountedBySender() {
    var line = HeardLine("wan")
    for source in [1, 2, 1] as [UInt8] {
      line.note(Self.frame(source, (4500, 4500), Self.sealed).span.bytes, from: "a", at: .start)
    }
    #expect(line.sealed == 3 && line.senders.count == 2 && line.clear == 0 && line.spells.isEmpty)
  }

  @Test func whatIsInClearIsAStretchWithItsFirstPacket() throws {
    var line = HeardLine("wan")
    for (time, node, port) in [(100, "a", 80), (600, "b", 81), (1600, "a", 82), (2700, "b", 83)] {
      line.note(
        Self.frame(1, (5, UInt16(port)), [1]).span.bytes, from: NodeID(node),
        at: .start.advanced(by: .milliseconds(time)))
    }
    #expect(line.clear == 4 && line.spells.map(\.packets) == [3, 1])
    let first = try #require(line.spells.first)
    #expect(first.node == "a" && first.what == "UDP to port 80")
    #expect(first.ends?.source == IPAddress(text: "10.0.0.1"))
    #expect(first.first.duration(to: first.last) == .milliseconds(1500))
    #expect(line.spells[1].what == "UDP to port 83")
  }

  @Test func howMuchIsRememberedIsBounded() {
    var line = HeardLine("wan")
    for second in 0..<200 {
      line.note(
        Self.frame(UInt8(second), (5, 6), [1]).span.bytes, from: "a",
        at: .start.advanced(by: .seconds(2 * second)))
      line.note(
        Self.frame(UInt8(second), (4500, 4500), Self.sealed).span.bytes, from: "a", at: .start)
    }
    #expect(line.spells.count == 64 && line.senders.count == 64)
    #expect(line.clear == 200 && line.spells.map(\.packets).reduce(0, +) == 200)
    #expect(line.spells.last?.last == .start.advanced(by: .seconds(398)))
  }
}

extension OnTheMachine {
  @Suite struct LineListenerTests {
    @Test func onlyThoseSegmentsAreListenedTo() throws {
      try Lab.with { lab in
        lab.fabric.listen(on: ["lan", "nowhere"])
        let arrived = lab.exchangeDatagrams(10, from: 0, to: 1)
        let lines = lab.fabric.heardLines
        #expect(arrived.count == 10)
        #expect(lines.map(\.segment) == ["lan"])
        #expect(lines.first?.clear == 10 && lines.first?.sealed == 0)
        let spell = lines.first?.spells.first
        #expect(spell?.node == "a" && spell?.ends?.target == IPAddress(text: "10.0.0.2"))
      }
    }
  }
}
