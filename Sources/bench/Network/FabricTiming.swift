import Basics
import Fabric
import Glibc
import Links

/// How much later than on a veth pair something arrives, and how much later than it should.
struct FabricTiming {
  private static let rounds = 5
  private let testbed: Testbed

  init(_ testbed: Testbed) { self.testbed = testbed }

  func run() {
    roundTrip()
    lateness()
  }

  private func roundTrip() {
    let elsewhere = [Path(from: ["bystander"], to: ["source"])]
    var (plain, sharp): ([Double], [Double]) = ([], [])
    // On one processor the bridge needs no wake-up from idle, on two it does: with both left to
    // chance, it is that which would be measured.
    let last = sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1
    testbed.source.pin(to: "0")
    testbed.target.pin(to: "\(min(1, last))")
    for _ in 0..<Self.rounds {
      let bridge = ping(Testbed.bridgeHost)
      plain.append(ping(Testbed.fabricHost) - bridge)
      testbed.fabric.impair("bench", elsewhere, .delay(.milliseconds(1)))
      sharp.append(ping(Testbed.fabricHost) - bridge)
      testbed.fabric.lift("bench")
    }
    for place in [testbed.source, testbed.target] { place.pin(to: "0-\(last)") }
    Row.print("fabric: round trip added", Row.micros(Row.median(plain)), aim: "<= 40 us")
    Row.print(
      "fabric: the same with SCHED_FIFO", Row.micros(Row.median(sharp)), aim: "<= 60 us")
  }

  private func ping(_ host: String) -> Double {
    BenchTraffic.roundTrip(from: testbed.source, to: testbed.target, host: host, count: 3000)
  }

  /// A datagram every millisecond over a link of 20 ms, with two loops that take all they can get.
  private func lateness() {
    let busy = BusyLoops(count: 2)
    testbed.fabric.impair("bench", Testbed.path, .delay(.milliseconds(20)))
    testbed.fabric.resetTiming()
    testbed.source.run {
      let sender = Datagrams(to: Testbed.fabricHost, port: 9)
      for _ in 0..<3000 {
        sender.send([7])
        usleep(1000)
      }
    }
    let timing = testbed.fabric.timing
    testbed.fabric.lift("bench")
    busy.stop()
    let name = "fabric: release lateness of a 20 ms delay"
    Row.print(
      "\(name), p50", Row.micros(timing.lateness.percentile(Ratio(0.5))), aim: "<= 30 us")
    Row.print(
      "\(name), p99", Row.micros(timing.lateness.percentile(Ratio(0.99))), aim: "<= 100 us")
    if let note = timing.note { print("  (\(note))") }
  }
}
