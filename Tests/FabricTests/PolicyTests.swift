import Basics
import Glibc
import Links
import Linux
import Testing

@testable import Fabric

extension OnTheMachine {
  @Suite struct PolicyTests {
    static let path = [Path(from: ["a"], to: ["b"])]

    @Test(arguments: [1, 7, 99] as [UInt64])
    func lossHasItsRateAndEveryFrameIsAccountedFor(seed: UInt64) throws {
      try Lab.with(seed: seed) { lab in
        try lab.introduceAll()
        lab.fabric.impair("loss", Self.path, .loss(Ratio(0.2)))
        // In portions that the sender's own queue can hold, whatever else this machine does.
        for portion in 1...20 {
          lab.sendDatagrams(100, from: 0, to: 1)
          #expect(
            try eventually {
              let counters = try lab.counters(0, 1)
              return counters.passedFrames + counters.dropped.total == 100 * UInt64(portion)
            }, "seed \(seed)")
        }
        let lost = Double(try lab.counters(0, 1).dropped.loss)
        #expect(abs(lost - 400) <= 5 * (2000 * 0.2 * 0.8).squareRoot(), "seed \(seed): \(lost)")
      }
    }

    @Test func theSameSeedLosesTheSameFrames() throws {
      func arrived(seed: UInt64) throws -> [Int] {
        try Lab.with(seed: seed) { lab in
          try lab.introduceAll()
          lab.fabric.impair("loss", Self.path, .loss(Ratio(0.3)))
          return lab.exchangeUntilQuiet(100, from: 0, to: 1)
        }
      }
      let first = try arrived(seed: 5)
      let again = try arrived(seed: 5)
      let other = try arrived(seed: 6)
      #expect(first.count < 100 && first == again && first != other)
    }

    @Test(arguments: Lab.hasIPv6 ? [false, true] : [false])
    func aStreamSurvivesWhatAPerFramePolicyDoesToIt(isIPv6: Bool) throws {
      try Lab.with(seed: 3) { lab in
        if isIPv6 {
          try lab.places[0].shell("ip addr add fd00::1/64 dev eth0 nodad")
          try lab.places[1].shell("ip addr add fd00::2/64 dev eth0 nodad")
        }
        lab.fabric.impair(
          "weather", Path.between(["a"], ["b"]),
          with {
            $0.loss = Ratio(0.002)
            $0.duplication = Ratio(0.002)
            $0.reordering = Ratio(0.002)
            $0.corruption = Ratio(0.002)
          })
        #expect(try lab.transfer(megabytes: 16, isIPv6: isIPv6) == 16 << 20)
        let counters = try lab.counters(0, 1)
        #expect(counters.passedFrames > 16 << 20 / 1500)
        #expect(counters.dropped.loss > 0 && counters.duplicatedFrames > 0)
        #expect(counters.reorderedFrames > 0 && counters.corruptedFrames > 0)
        #expect(counters.dropped.refused == 0)
      }
    }

    @Test func aCorruptedDatagramIsNoticed() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        lab.fabric.impair("noise", Self.path, with { $0.corruption = .all })
        let arrived = lab.exchangeUntilQuiet(200, from: 0, to: 1)
        #expect(try lab.counters(0, 1).corruptedFrames == 200)
        #expect(arrived.isEmpty)
      }
    }

    @Test func aDuplicateArrivesTwice() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        lab.fabric.impair("echo", Self.path, with { $0.duplication = .all })
        #expect(lab.exchangeUntilQuiet(20, from: 0, to: 1) == (0..<20).flatMap { [$0, $0] })
      }
    }

    @Test func jitterKeepsOrderAndReorderingDoesNot() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        lab.fabric.impair("jitter", Self.path, .delay(.milliseconds(5), jitter: .milliseconds(5)))
        #expect(lab.exchangeUntilQuiet(200, from: 0, to: 1) == Array(0..<200))
        lab.fabric.impair("mixed", Self.path, with { $0.reordering = Ratio(0.2) })
        let mixed = lab.exchangeUntilQuiet(200, from: 0, to: 1)
        #expect(mixed != Array(0..<200) && mixed.sorted() == Array(0..<200))
      }
    }

    @Test func aRateIsKept() throws {
      try Lab.with { lab in
        lab.fabric.impair("narrow", Self.path, with { $0.rateBitsPerSecond = 40_000_000 })
        let start = lab.fabric.clock.now
        let received = try lab.transfer(megabytes: 2)
        #expect(received == 2 << 20)
        let seconds = start.duration(to: lab.fabric.clock.now).seconds
        // 2 MiB take 0.42 s at that rate; much less would mean that it was not kept.
        #expect(seconds > 0.35 && seconds < 10)
      }
    }

    @Test func aNodePluggedInLaterMeetsThePolicy() throws {
      try Lab.with { lab in
        lab.fabric.impair("partition", Self.path, .cut)
        lab.fabric.detach(node: "b")
        try lab.plug(1)
        try lab.introduceAll()
        lab.sendDatagrams(5, from: 0, to: 1)
        #expect(try eventually { try lab.counters(0, 1).dropped.cut == 5 })
      }
    }

    @Test func offloadIsSwitchedInTheMiddleOfAConnection() throws {
      try Lab.with { lab in
        let port = try #require(lab.fabric.pluggedPorts.first { $0.node == "a" })
        let received = try lab.transfer(megabytes: 32) {
          do { try port.tap.setOffload(.none) } catch { Issue.record(error) }
        }
        #expect(received == 32 << 20)
        try port.tap.setOffload(.segments)
        #expect(try lab.transfer(megabytes: 4) == 4 << 20)
      }
    }

    @Test func theThreadIsSharpOnlyWhileSomethingIsHeld() throws {
      try Lab.with { lab in
        #expect(!lab.fabric.timing.isRealtime)
        lab.fabric.impair("wan", Self.path, .delay(.milliseconds(1)))
        #expect(eventually { lab.fabric.timing.isRealtime || lab.fabric.timing.note != nil })
        lab.fabric.lift("wan")
        #expect(eventually { !lab.fabric.timing.isRealtime })
      }
    }
  }
}

func with(_ change: (inout Impairment) -> Void) -> Impairment {
  var impairment = Impairment()
  change(&impairment)
  return impairment
}
