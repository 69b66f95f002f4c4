import Basics
import Glibc
import Links
import Linux
import Testing

@testable import Fabric

extension OnTheMachine {
  /// The short form of `bench soak`.
  @Suite struct SoakTests {
    /// Ten million bytes of TCP under policies that change all the time: every byte is right, and the counters
    /// agree with each other and with what the receiving kernels counted.
    @Test(arguments: [1, 2] as [UInt64])
    func everyByteArrivesAndEveryFrameIsAccountedFor(seed: UInt64) throws {
      try Lab.with(seed: seed) { lab in
        try lab.introduceAll()
        let fabric = lab.fabric
        let stop = StopFlag()
        let weather = try Linux.Thread(named: "weather") {
          change(fabric, seed: seed, until: stop)
        }
        #expect(try lab.transfer(megabytes: 10) == 10 << 20, "seed \(seed)")
        stop.raise()
        weather.join()
        for (from, to) in [(0, 1), (1, 0)] {
          let isWhole = try eventually {
            let counters = try lab.counters(from, to)
            let (came, went) = (
              counters.offeredFrames + counters.duplicatedFrames,
              counters.passedFrames + counters.dropped.total
            )
            return came == went && counters.dropped.overflow == 0
              && Int(counters.passedBytes) == lab.receivedBytes(to)
          }
          let (counters, received) = (try lab.counters(from, to), lab.receivedBytes(to))
          #expect(isWhole, "seed \(seed): \(counters), \(received) bytes received")
        }
      }
    }
  }
}

/// Replaces one of three policies every few milliseconds.
private func change(_ fabric: Switch, seed: UInt64, until stop: StopFlag) {
  var chance = Chance(seed: seed)
  while !stop.isRaised {
    let name = "weather \(chance.next() % 3)"
    if chance.roll(Ratio(0.4)) {
      fabric.lift(name)
    } else {
      fabric.impair(name, Path.between(["a"], ["b"]), weather(&chance))
    }
    usleep(useconds_t(1000 + chance.next() % 5000))
  }
  for number in 0..<3 { fabric.lift("weather \(number)") }
}

private func weather(_ chance: inout Chance) -> Impairment {
  var impairment = Impairment()
  switch chance.next() % 7 {
  case 0: impairment.loss = Ratio(0.002)
  case 1: impairment.delay = .microseconds(Int(chance.next() % 2000))
  case 2: impairment.jitter = .microseconds(Int(chance.next() % 500))
  case 3: impairment.duplication = Ratio(0.02)
  case 4: impairment.reordering = Ratio(0.01)
  case 5: impairment.corruption = Ratio(0.001)
  default: impairment.rateBitsPerSecond = 200_000_000
  }
  return impairment
}

extension Lab {
  /// What a node's kernel has counted at its end of the cable.
  func receivedBytes(_ node: Int) -> Int {
    places[node].run {
      let text = (try? Files.read("/proc/thread-self/net/dev")) ?? ""
      let line = text.split(separator: "\n").first { $0.contains("eth0:") } ?? ""
      return line.split { $0 == " " || $0 == ":" }.dropFirst().first.flatMap { Int($0) } ?? -1
    }
  }
}
