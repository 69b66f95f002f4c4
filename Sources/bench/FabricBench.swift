import Basics
import Fabric
import Glibc
import Links
import Synchronization

/// The fabric beside a veth pair and bridge, in interleaved rounds of one run.
enum FabricBench {
  static func run() {
    guard geteuid() == 0, access("/dev/net/tun", R_OK | W_OK) == 0 else {
      return print("fabric: skipped, needs root and /dev/net/tun")
    }
    do {
      let testbed = try Testbed()
      explain(testbed)
      try throughput(testbed)
      roundTrip(testbed)
      lateness(testbed)
      for failure in testbed.fabric.stop() { print("fabric: \(failure)") }
    } catch {
      print("fabric: \(error)")
    }
  }

  /// Says what is compared, for a ratio means nothing without it.
  private static func explain(_ testbed: Testbed) {
    let own = BenchTraffic.congestionControl(at: testbed.source)
    let plain = BenchTraffic.plainCongestionControl
    print("  against a veth pair and kernel bridge, measured right before each figure;")
    print("  throughput: one stream of 0.7 s, MTU 1500, \(plain) (the machine's own: \(own)),")
    print("  threads where the scheduler puts them, \(rounds) rounds after a warm-up:")
    print("  the median ratio, and in brackets the least and the greatest;")
    print("  round trip: one byte, source and target each on a processor of its own")
  }

  private static let rounds = 5

  private static func row(_ name: String, _ value: String, _ ratio: String, _ aim: String) {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    print(padded(name, 62) + padded(value, 16) + padded(ratio, 20) + aim)
  }

  /// What is done to the link while it is measured.
  private struct Condition {
    let name: String
    let aim: String
    var congestionControl: String? = BenchTraffic.plainCongestionControl
    let begin: (Switch) throws -> Void
    let end: (Switch) -> Void
  }

  private static func throughput(_ testbed: Testbed) throws {
    // In memory where that can be had: it is the fabric that is measured, not this machine's disk.
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    let file = "\(folder)/faultline-bench-\(getpid()).pcap"
    defer { unlink(file) }
    let conditions = [
      Condition(name: "clean links", aim: ">= 0.80", begin: { _ in }, end: { _ in }),
      Condition(
        name: "clean links, the machine's own TCP", aim: "", congestionControl: nil,
        begin: { _ in }, end: { _ in }),
      policy("policy per frame (loss 0.01%)", ">= 0.10") { $0.loss = Ratio(0.0001) },
      policy("policy per frame (reordering 0.01%)", ">= 0.10") { $0.reordering = Ratio(0.0001) },
      policy("delay 100us", "") { $0.delay = .microseconds(100) },
      capture("capture, headers only", file, keepsPayload: false),
      capture("capture, in full", file, keepsPayload: true),
    ]
    var rates = [[Double]](repeating: [], count: conditions.count)
    var ratios = rates
    for host in [Testbed.bridgeHost, Testbed.fabricHost] { _ = measure(testbed, host, nil) }
    for _ in 0..<rounds {
      for (index, condition) in conditions.enumerated() {
        let bridge = measure(testbed, Testbed.bridgeHost, condition.congestionControl)
        try condition.begin(testbed.fabric)
        let rate = measure(testbed, Testbed.fabricHost, condition.congestionControl)
        condition.end(testbed.fabric)
        rates[index].append(rate)
        ratios[index].append(rate / bridge)
      }
    }
    for (index, condition) in conditions.enumerated() {
      row(
        "fabric: TCP throughput, \(condition.name)", gigabits(median(rates[index])),
        spread(ratios[index]), condition.aim)
    }
  }

  private static func measure(_ testbed: Testbed, _ host: String, _ congestionControl: String?)
    -> Double
  {
    BenchTraffic.throughput(
      from: testbed.source, to: testbed.target, host: host, seconds: 0.7,
      congestionControl: congestionControl)
  }

  private static func policy(
    _ name: String, _ aim: String, _ change: (inout Impairment) -> Void
  ) -> Condition {
    var impairment = Impairment()
    change(&impairment)
    return Condition(
      name: name, aim: aim, begin: { $0.impair("bench", Testbed.path, impairment) },
      end: { $0.lift("bench") })
  }

  private static func capture(_ name: String, _ file: String, keepsPayload: Bool) -> Condition {
    let current = Mutex<Capture?>(nil)
    return Condition(
      name: name, aim: ">= 0.50",
      begin: { fabric in
        let filter = CaptureFilter(keepsPayload: keepsPayload)
        let capture = try Capture(path: file, filter: filter, clock: fabric.clock)
        fabric.add(capture)
        current.withLock { $0 = capture }
      },
      end: { fabric in
        guard let capture = current.withLock({ $0.take() }) else { return }
        fabric.remove(capture)
        let summary = capture.close()
        if summary.lostFrames > 0 {
          print("  (\(name): \(summary.lostFrames) of \(summary.writtenFrames) frames lost)")
        }
        if let failure = summary.failure { print("  (\(failure))") }
      })
  }

  private static func roundTrip(_ testbed: Testbed) {
    let elsewhere = [Path(from: ["bystander"], to: ["source"])]
    var (plain, sharp): ([Double], [Double]) = ([], [])
    // On one processor the bridge needs no wake-up from idle, on two it does: with both left to
    // chance, it is that which would be measured.
    let last = sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1
    testbed.source.pin(to: "0")
    testbed.target.pin(to: "\(min(1, last))")
    for _ in 0..<rounds {
      let bridge = ping(testbed, Testbed.bridgeHost)
      plain.append(ping(testbed, Testbed.fabricHost) - bridge)
      testbed.fabric.impair("bench", elsewhere, .delay(.milliseconds(1)))
      sharp.append(ping(testbed, Testbed.fabricHost) - bridge)
      testbed.fabric.lift("bench")
    }
    for place in [testbed.source, testbed.target] { place.pin(to: "0-\(last)") }
    row("fabric: round trip added", micros(median(plain)), "", "<= 40 us")
    row("fabric: the same with SCHED_FIFO", micros(median(sharp)), "", "<= 60 us")
  }

  private static func ping(_ testbed: Testbed, _ host: String) -> Double {
    BenchTraffic.roundTrip(from: testbed.source, to: testbed.target, host: host, count: 3000)
  }

  /// A datagram every millisecond over a link of 20 ms, with two loops that take all they can get.
  private static func lateness(_ testbed: Testbed) {
    let busy = BusyLoops(count: 2)
    testbed.fabric.impair("bench", Testbed.path, .delay(.milliseconds(20)))
    testbed.fabric.resetTiming()
    testbed.source.run {
      let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
      for _ in 0..<3000 {
        var byte: UInt8 = 7
        _ = BenchTraffic.withAddress(Testbed.fabricHost, 9) {
          sendto(descriptor, &byte, 1, 0, $0, $1)
        }
        usleep(1000)
      }
      close(descriptor)
    }
    let timing = testbed.fabric.timing
    testbed.fabric.lift("bench")
    busy.stop()
    let name = "fabric: release lateness of a 20 ms delay"
    row("\(name), p50", micros(timing.lateness.percentile(Ratio(0.5))), "", "<= 30 us")
    row("\(name), p99", micros(timing.lateness.percentile(Ratio(0.99))), "", "<= 100 us")
    if let note = timing.note { print("  (\(note))") }
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  /// The median, and between which bounds the rounds lay.
  private static func spread(_ values: [Double]) -> String {
    let (low, high) = (values.min() ?? .nan, values.max() ?? .nan)
    return "\(decimal(median(values), 2)) (\(decimal(low, 2))-\(decimal(high, 2)))"
  }

  private static func gigabits(_ bytesPerSecond: Double) -> String {
    decimal(bytesPerSecond * 8 / 1e9, 2) + " Gbit/s"
  }

  private static func micros(_ nanoseconds: Double) -> String {
    decimal(nanoseconds / 1e3, 1) + " us"
  }

  private static func micros(_ duration: Duration?) -> String {
    duration.map { micros(Double($0.nanoseconds)) } ?? "none"
  }

  private static func decimal(_ value: Double, _ places: Int) -> String {
    Decimal.trimmed(value, decimals: places)
  }
}
