import Basics
import Glibc
import Links
import Linux
import Packets
import Testing

@testable import Fabric

/// The switch's decisions, with a pair of sockets in the place of every device: no root needed.
struct CoreTests {
  @Test func unknownTargetsAreFloodedAndKnownOnesAreNot() throws {
    var bench = try CoreBench(segments: ["lan", "lan", "lan", "other"])
    bench.send(0, frame(to: 2, from: 1))
    #expect(bench.arrived() == [0, 1, 1, 0])
    bench.send(1, frame(to: 1, from: 2))
    #expect(bench.arrived() == [1, 0, 0, 0])
    bench.send(0, frame(to: 2, from: 1))
    #expect(bench.arrived() == [0, 1, 0, 0])
    bench.send(0, frame(to: 0xffff_ffff_ffff, from: 1))
    #expect(bench.arrived() == [0, 1, 1, 0])
  }

  @Test func anAddressThatMovesIsFollowedAtOnce() throws {
    var bench = try CoreBench(segments: ["lan", "lan", "lan"])
    bench.send(0, frame(to: 0xffff_ffff_ffff, from: 9))
    bench.send(2, frame(to: 0xffff_ffff_ffff, from: 3))
    _ = bench.arrived()
    bench.send(2, frame(to: 9, from: 3))
    #expect(bench.arrived() == [1, 0, 0])
    bench.send(1, frame(to: 0xffff_ffff_ffff, from: 9))
    _ = bench.arrived()
    bench.send(2, frame(to: 9, from: 3))
    #expect(bench.arrived() == [0, 1, 0])
  }

  @Test func aPolicyAddedWhileAPortIsUnpluggedMeetsItWhenItIsBack() throws {
    var bench = try CoreBench(segments: ["lan", "lan"])
    bench.core.detach(1)
    bench.core.impair(policy("x", Path(from: ["n0"], to: ["n1"])))
    try bench.replug(1, to: "lan")
    bench.send(0, frame(to: 2, from: 1))
    #expect(bench.arrived() == [0, 0])
    bench.core.lift("x")
    bench.send(0, frame(to: 2, from: 1))
    #expect(bench.arrived() == [0, 1])
  }

  @Test func aFrameForItsOwnSegmentSideIsIgnored() throws {
    var bench = try CoreBench(segments: ["lan", "lan"])
    bench.send(0, frame(to: 0xffff_ffff_ffff, from: 1))
    _ = bench.arrived()
    bench.send(0, frame(to: 1, from: 5))
    bench.send(0, [1, 2, 3])
    #expect(bench.arrived() == [0, 0])
    #expect(bench.core.ignoredFrames == 2)
  }

  @Test func aNodeWithoutPowerTeachesNothing() throws {
    var bench = try CoreBench(segments: ["lan", "lan"])
    bench.core.setPower("n0", isOn: false)
    bench.send(0, arp(from: 1))
    #expect(bench.arrived() == [0, 0])
    #expect(bench.core.takeNeighbourEvents().events.isEmpty)
    #expect(bench.core.addresses.port(of: MAC(bits: 1), segment: 0, at: .start) == nil)
    bench.core.setPower("n0", isOn: true)
    bench.send(0, arp(from: 1))
    let events = bench.core.takeNeighbourEvents().events
    #expect(events.map(\.node) == ["n0"] && events.map(\.segment) == ["lan"])
    #expect(bench.core.takeNeighbourEvents().events.isEmpty)
  }

  @Test func policiesAreAboutTheirSegmentAndTheirDirection() throws {
    var bench = try CoreBench(segments: ["lan", "lan"])
    bench.core.impair(policy("x", Path(from: ["n0"], to: ["n1"], segment: "other")))
    bench.send(0, frame(to: 0xffff_ffff_ffff, from: 1))
    #expect(bench.arrived() == [0, 1])
    bench.core.impair(policy("x", Path(from: ["n0"], to: ["n1"], segment: "lan")))
    bench.send(0, frame(to: 0xffff_ffff_ffff, from: 1))
    bench.send(1, frame(to: 0xffff_ffff_ffff, from: 2))
    #expect(bench.arrived() == [1, 0])
    let counters = FabricCounters(bench.core.copyCounters(segment: nil))
    #expect(counters.counters(from: "n0", to: "n1").dropped.cut == 1)
    #expect(counters.total(along: Path.between(["n0"], ["n1"])).passedFrames == 2)
    #expect(bench.core.policies.count == 1)
  }

  @Test func manyPortsKeepTheirCountersAndPolicies() throws {
    var bench = try CoreBench(segments: Array(repeating: "lan", count: 5))
    bench.core.impair(policy("x", Path(from: ["n0"], to: ["n4"])))
    bench.send(0, frame(to: 0xffff_ffff_ffff, from: 1))
    try bench.add(15, to: "lan")
    bench.send(0, frame(to: 0xffff_ffff_ffff, from: 1))
    #expect(bench.arrived() == [0, 2, 2, 2, 0] + Array(repeating: 1, count: 15))
    let counters = FabricCounters(bench.core.copyCounters(segment: nil))
    #expect(counters.counters(from: "n0", to: "n4").dropped.cut == 2)
    #expect(counters.counters(from: "n0", to: "n1").passedFrames == 2)
    #expect(counters.pairs.count == 20 * 19)
    #expect(counters.pairs.map(\.source) == counters.pairs.map(\.source).sorted())
  }

  /// Whatever nodes send, and whatever is done to it, every frame is accounted for.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func everyFrameIsAccountedForWhateverItIs(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    var bench = try CoreBench(segments: ["lan", "lan", "lan"], seed: seed)
    let weather = with {
      $0.loss = Ratio(0.1)
      $0.duplication = Ratio(0.1)
      $0.reordering = Ratio(0.1)
      $0.corruption = Ratio(0.1)
      $0.jitter = .microseconds(100)
    }
    bench.core.impair(
      .init(name: "w", paths: [Path(from: ["n0"], to: ["n1", "n2"])], impairment: weather))
    for _ in 0..<1000 {
      let header = (0..<10).map { _ in UInt8.random(in: 0...6, using: &chance) }
      let body = (0..<Int.random(in: 0...3000, using: &chance)).map {
        UInt8(truncatingIfNeeded: $0)
      }
      var bytes = frame(to: .random(in: 2...9, using: &chance), from: 1, type: 0x0800)
      bytes += [0x45, 0, 1, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
      bench.send(0, bytes + body, offload: header)
      _ = bench.arrived()
    }
    while !bench.core.queue.isEmpty { bench.core.release() }
    for pair in FabricCounters(bench.core.copyCounters(segment: nil)).pairs
    where pair.source == "n0" {
      let counters = pair.counters
      #expect(counters.dropped.loss > 0 && counters.corruptedFrames > 0, "seed \(seed)")
      #expect(
        counters.offeredFrames + counters.duplicatedFrames
          == counters.passedFrames + counters.dropped.total, "seed \(seed)")
      let outcome = counters.passedFrames + counters.dropped.total - counters.duplicatedFrames
      #expect(outcome >= 1000 && counters.dropped.overflow == 0, "seed \(seed)")
    }
  }

  /// A delay of a second at full rate: what finds no room is the fabric's own doing, and is said to be.
  @Test(arguments: [60, 1500, 60_000])
  func memoryIsBoundedAndWhatFindsNoneIsCountedApart(byteCount: Int) throws {
    var bench = try CoreBench(segments: ["lan", "lan"], memoryBytes: 1 << 20)
    bench.core.impair(
      .init(
        name: "far", paths: [Path(from: ["n0"], to: ["n1"])], impairment: .delay(.seconds(1))))
    let one = frame(to: 0xffff_ffff_ffff, from: 1) + Array(repeating: 0, count: byteCount - 14)
    for _ in 0..<1000 { bench.send(0, one) }
    func counters() -> PairCounters {
      FabricCounters(bench.core.copyCounters(segment: nil)).counters(from: "n0", to: "n1")
    }
    let held = UInt64(bench.core.queue.count)
    #expect(bench.core.pool.allocatedBytes <= 1 << 20 && held > 0)
    #expect(counters().dropped.overflow == 1000 - held && held < 1000)
    #expect(counters().dropped.total == counters().dropped.overflow, "nothing else is blamed")
    bench.core.lift("far")
    bench.core.release()
    let after = counters()
    #expect(after.offeredFrames == 1000 && after.dropped.overflow == 1000 - held)
    #expect(after.passedFrames + after.dropped.total == 1000)
    bench.send(0, one)
    #expect(counters().dropped.overflow == 1000 - held, "there is room again")
  }

  @Test func probesAreCountedApartAndStaySoWhenPortsAreAdded() throws {
    var bench = try CoreBench(segments: ["lan", "lan"])
    let probe = ProbeFrame(from: MAC(bits: 1), to: MAC(bits: 2), nonce: 3, sequence: 4)
    bench.send(0, probe.bytes)
    bench.send(0, frame(to: 0xffff_ffff_ffff, from: 1, type: 0x0800))
    bench.send(0, frame(to: 2, from: 1, type: 0x88b5))
    for _ in 0..<2 {
      let traffic = FabricCounters(bench.core.copyCounters(segment: nil))
      let probes = FabricCounters(bench.core.copyCounters(segment: nil, ofProbes: true))
      #expect(traffic.counters(from: "n0", to: "n1").passedFrames == 2, "another's is traffic")
      #expect(probes.counters(from: "n0", to: "n1").passedFrames == 1)
      try bench.add(20, to: "lan")
    }
  }

  private func policy(_ name: String, _ path: Path) -> SwitchCore.Policy {
    SwitchCore.Policy(name: name, paths: [path], impairment: .cut)
  }

  private func frame(to target: UInt64, from source: UInt64, type: UInt16 = 0x1234) -> [UInt8] {
    MAC(bits: target).bytes + MAC(bits: source).bytes
      + [UInt8(type >> 8), UInt8(type & 0xff)]
  }

  private func arp(from source: UInt64) -> [UInt8] {
    frame(to: 0xffff_ffff_ffff, from: source, type: 0x0806) + [0, 1, 8, 0, 6, 4, 0, 1]
      + MAC(bits: source).bytes + [10, 0, 0, 1] + [0, 0, 0, 0, 0, 0, 10, 0, 0, 1]
  }
}

/// A core with sockets for devices: the far ends are kept here.
struct CoreBench: ~Copyable {
  var core: SwitchCore
  private var ends: [Int32] = []

  init(
    segments: [SegmentID], seed: UInt64 = 1, memoryBytes: Int = Switch.usualMemoryBytes
  ) throws {
    core = SwitchCore(
      segments: Array(Set(segments)).sorted(), seed: seed, clock: RunClock(),
      memoryBytes: memoryBytes)
    for segment in segments { try add(1, to: segment) }
  }

  deinit { for end in ends { close(end) } }

  /// Plugs in further nodes, named by their number.
  mutating func add(_ count: Int, to segment: SegmentID) throws {
    for _ in 0..<count { ends.append(try plug(ends.count, to: segment)) }
  }

  /// Plugs a node in again that was unplugged.
  mutating func replug(_ number: Int, to segment: SegmentID) throws {
    close(ends[number])
    ends[number] = try plug(number, to: segment)
  }

  /// The far end of the node's device.
  private mutating func plug(_ number: Int, to segment: SegmentID) throws -> Int32 {
    var pair: [Int32] = [0, 0]
    let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    try #require(socketpair(AF_UNIX, kind, 0, &pair) == 0)
    let port = Port(node: NodeID("n\(number)"), segment: segment, tap: Tap(descriptor: pair[0]))
    let index = core.segments.firstIndex(of: segment)
    _ = core.attach(port, segment: try #require(index))
    return pair[1]
  }

  /// Has a node send a frame, and the core deal with it.
  mutating func send(
    _ node: Int, _ frame: [UInt8], offload: [UInt8] = Array(repeating: 0, count: 10)
  ) {
    put(node, frame, offload: offload)
    let reception = core.receive(from: node)
    #expect(reception == .frame)
    core.release()
  }

  /// Has a node send a frame that waits to be read.
  func put(
    _ node: Int, _ frame: [UInt8], offload: [UInt8] = Array(repeating: 0, count: 10)
  ) {
    let bytes = offload + frame
    #expect(write(ends[node], bytes, bytes.count) == bytes.count)
  }

  /// What arrived at a node since the last time, with its offload headers.
  func taken(_ node: Int) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var bytes = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(ends[node], &bytes, bytes.count)
      guard count > 0 else { return frames }
      frames.append(Array(bytes[..<count]))
    }
  }

  /// How many frames arrived at each node since the last time.
  mutating func arrived() -> [Int] {
    ends.map { end in
      var bytes = [UInt8](repeating: 0, count: 65536)
      var count = 0
      while read(end, &bytes, bytes.count) > 0 { count += 1 }
      return count
    }
  }
}
