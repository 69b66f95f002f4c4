import Basics
import Linux
import Packets
import Testing

@testable import Fabric

struct PartsTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func theReleaseQueueSortsAndKeepsTheOrderOfEquals(seed: UInt64) {
    var chance = Chance(seed: seed)
    var queue = ReleaseQueue()
    var pool = FramePool()
    var expected: [(due: Int64, pair: Int)] = []
    for number in 0..<2000 {
      let due = Int64.random(in: 0..<500, using: &chance)
      expected.append((due, number))
      queue.push(held(due: due, pair: number, &pool))
    }
    expected.sort { ($0.due, $0.pair) < ($1.due, $1.pair) }
    #expect(queue.pop(dueAt: Instant(nanoseconds: -1)) == nil)
    var popped: [Int] = []
    while let frame = queue.pop(dueAt: Instant(nanoseconds: 500)) { popped.append(frame.pair) }
    #expect(popped == expected.map(\.pair), "seed \(seed)")
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func theAddressTableIsADictionaryThatForgets(seed: UInt64) {
    var chance = Chance(seed: seed)
    var table = AddressTable(capacity: 512, age: .seconds(1))
    var oracle: [MAC: (port: Int, at: Int64)] = [:]
    for step in 0..<20_000 {
      let now = Instant(nanoseconds: Int64(step) * 1_000_000)
      let address = MAC(bits: 2 + 16 * UInt64.random(in: 0..<200, using: &chance))
      if Bool.random(using: &chance) {
        let port = Int.random(in: 0..<20, using: &chance)
        table.learn(address, segment: 0, port: port, at: now)
        oracle[address] = (port, now.nanoseconds)
      }
      let known = oracle[address].flatMap {
        now.nanoseconds - $0.at <= 1_000_000_000 ? $0.port : nil
      }
      #expect(table.port(of: address, segment: 0, at: now) == known, "seed \(seed), step \(step)")
      #expect(table.port(of: address, segment: 1, at: now) == nil)
    }
  }

  @Test func aFullAddressTableFloodsAndRecovers() {
    var table = AddressTable(capacity: 16, age: .seconds(1))
    for bits in 0..<9 {
      table.learn(MAC(bits: 2 + 16 * UInt64(bits)), segment: 0, port: bits, at: .start)
    }
    #expect(table.port(of: MAC(bits: 2 + 16 * 8), segment: 0, at: .start) == nil)
    let later = Instant(nanoseconds: 2_000_000_000)
    table.learn(MAC(bits: 2 + 16 * 8), segment: 0, port: 8, at: later)
    #expect(table.port(of: MAC(bits: 2 + 16 * 8), segment: 0, at: later) == 8)
  }

  @Test func aPortIsForgotten() {
    var table = AddressTable()
    table.learn(MAC(bits: 2), segment: 0, port: 1, at: .start)
    table.learn(MAC(bits: 18), segment: 0, port: 2, at: .start)
    table.learn(.broadcast, segment: 0, port: 2, at: .start)
    table.forget(port: 1)
    #expect(table.port(of: MAC(bits: 2), segment: 0, at: .start) == nil)
    #expect(table.port(of: MAC(bits: 18), segment: 0, at: .start) == 2)
    #expect(table.port(of: .broadcast, segment: 0, at: .start) == nil)
  }

  @Test func thePoolGivesMemoryAgainAndHasABound() throws {
    var pool = FramePool(capacityBytes: 5000)
    let sizes = [100, 2048, 1, 60_000]
    let slots = sizes.map { pool.take(byteCount: $0) }
    #expect(slots.map { $0 != nil } == [true, true, false, false])
    pool.free(try #require(slots[0]))
    let again = pool.take(byteCount: 2000)
    let bytes = unsafe pool.bytes(of: try #require(again)).count
    #expect(bytes == 2000)
  }

  /// A pool that was full of large frames has room for as many small ones, and the other way round.
  @Test func memoryOfOneSizeMakesWayForAnother() throws {
    var pool = FramePool(capacityBytes: 1 << 20)
    for byteCount in [60_000, 100, 10_000, 60_000] {
      var slots: [FramePool.Slot] = []
      while let slot = pool.take(byteCount: byteCount) { slots.append(slot) }
      #expect(pool.allocatedBytes <= 1 << 20)
      let pieceBytes = [2048, 16384].first { byteCount <= $0 } ?? FramePool.largestBytes
      #expect((slots.count + 1) * pieceBytes > 1 << 20, "\(byteCount)")
      for (index, slot) in slots.enumerated() {
        unsafe pool.bytes(of: slot).storeBytes(of: index, as: Int.self)
      }
      let kept = slots.map { unsafe pool.bytes(of: $0).load(as: Int.self) }
      #expect(kept == Array(slots.indices), "no two share memory")
      for slot in slots { pool.free(slot) }
    }
  }

  @Test func latenessHasPercentiles() throws {
    var lateness = FrameLateness()
    #expect(lateness.percentile(.all) == nil)
    for microseconds in 0..<100 { lateness.add(Int64(microseconds) * 1000 + 1) }
    lateness.add(5_000_000)
    #expect(lateness.percentile(Ratio(0.5)) == .microseconds(51))
    #expect(lateness.percentile(Ratio(0.99)) == .microseconds(100))
    #expect(lateness.percentile(.all) == .milliseconds(5))
    #expect(lateness.maximum == .milliseconds(5))
  }

  @Test func theLogOfAddressesHasABound() throws {
    var events = NeighbourEvents()
    let frame: [UInt8] =
      [UInt8](repeating: 0xff, count: 6) + [2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1]
      + [2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2]
    let bytes = frame.span.bytes
    let read = ARPPacket(readingFrame: bytes)
    let packet = try #require(read)
    for _ in 0..<NeighbourEvents.capacity + 3 {
      events.add(
        NeighbourEvent(at: .start, node: "a", segment: "lan", packet: .arp(packet)))
    }
    #expect(events.events.count == NeighbourEvents.capacity && events.lost == 3)
  }

  @Test func aCaptureThatCannotBeMadeIsAnError() {
    #expect(throws: FabricError.self) {
      try Capture(path: "/nowhere/x.pcapng", clock: RunClock())
    }
  }

  private func held(due: Int64, pair: Int, _ pool: inout FramePool) -> HeldFrame {
    HeldFrame(
      due: Instant(nanoseconds: due), arrived: .start, pair: pair, target: 0,
      slot: pool.take(byteCount: 1)!, frames: 1)
  }
}
