import Basics
import Glibc
import Links
import Linux
import Packets
import Synchronization
import Testing

@testable import Fabric

/// A frame is never reordered where no fault asks, whatever is done to the policies meanwhile.
@Suite struct OrderTests {
  /// What was held and is set free goes before what comes in afterwards, though the switch reads a frame
  /// before it looks for what is due.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func framesKeepTheirOrderUnderChangingPolicies(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    var bench = try CoreBench(segments: ["lan", "lan"], seed: seed)
    bench.say(1)
    var seen: [UInt32] = []
    var sent: UInt32 = 0
    for _ in 0..<3000 {
      if Int.random(in: 0..<20, using: &chance) == 0 { change(&bench.core, &chance) }
      // Read without a look at what is due, as when a command and a frame wake the switch together.
      for _ in 0..<Int.random(in: 0..<4, using: &chance) {
        bench.deal(number: sent)
        sent += 1
      }
      if Bool.random(using: &chance) { bench.core.release() }
      seen += bench.numbers()
    }
    for name in ["x", "y"] { bench.core.lift(name) }
    while !bench.core.queue.isEmpty { bench.core.release() }
    seen += bench.numbers()
    let firstWrong = seen.indices.first { seen[$0] != UInt32($0) }
    let isWhole = firstWrong == nil && seen.count == Int(sent)
    #expect(isWhole, "seed \(seed): \(seen.count) of \(sent), wrong from \(firstWrong ?? -1) on")
  }

  private func change(_ core: inout SwitchCore, _ chance: inout Chance) {
    let name = Bool.random(using: &chance) ? "x" : "y"
    if Int.random(in: 0..<3, using: &chance) == 0 {
      core.lift(name)
      return
    }
    var impairment = Impairment()
    impairment.delay = .microseconds(Int.random(in: 0...300, using: &chance))
    impairment.jitter = .microseconds(Int.random(in: 0...100, using: &chance))
    if Bool.random(using: &chance) {
      impairment.rateBitsPerSecond = 1_000_000_000
      impairment.rateQueue = .seconds(10)
    }
    core.impair(
      SwitchCore.Policy(
        name: name, paths: [Path(from: ["n0"], to: ["n1"])], impairment: impairment))
  }
}

extension CoreBench {
  /// Has a node make itself known.
  mutating func say(_ node: Int) {
    send(node, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, UInt8(node), 0x12, 0x34])
    _ = arrived()
  }

  /// Has the first node send a numbered frame to the second, and the core read it, and no more.
  mutating func deal(number: UInt32) {
    var frame: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0x12, 0x34]
    withUnsafeBytes(of: number) { frame += Array($0) }
    put(0, frame)
    #expect(core.receive(from: 0) == .frame)
  }

  /// The numbers of the frames that arrived at the second node since the last time.
  mutating func numbers() -> [UInt32] {
    taken(1).map { $0[24..<28].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
  }
}
