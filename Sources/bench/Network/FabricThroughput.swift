import Basics
import Fabric
import Glibc
import Links
import Synchronization

/// How much of a veth pair's speed is left under what is done to the link.
struct FabricThroughput {
  static let rounds = 5
  private let testbed: Testbed

  init(_ testbed: Testbed) { self.testbed = testbed }

  /// What is done to the link while it is measured.
  private struct Condition {
    let name: String
    let aim: String
    var host = Testbed.fabricHost
    var congestionControl: String? = BenchTraffic.plainCongestionControl
    var begin: (Switch) throws -> Void = { _ in }
    var end: (Switch) -> Void = { _ in }
  }

  func run() {
    // In memory where that can be had: it is the fabric that is measured, not this machine's disk.
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    let file = "\(folder)/faultline-bench-\(getpid()).pcapng"
    defer { unlink(file) }
    let prototype = Prototype(joining: [testbed.source, testbed.target])
    defer { prototype?.end() }
    var conditions = [
      Condition(name: "clean links", aim: prototype == nil ? ">= 0.63" : ">= the prototype's"),
      Condition(name: "clean links, the machine's own TCP", aim: "", congestionControl: nil),
      policy("policy per frame (loss 0.01%)", ">= 0.30") { $0.loss = Ratio(0.0001) },
      policy("policy per frame (reordering 0.01%)", ">= 0.30") { $0.reordering = Ratio(0.0001) },
      policy("policy per frame (duplication 0.01%)", ">= 0.30") { $0.duplication = Ratio(0.0001) },
      policy("delay 100us", "") { $0.delay = .microseconds(100) },
      capture(
        "capture, headers only", file, prototype == nil ? ">= 0.63" : ">= the prototype's",
        keepsPayload: false),
      capture("capture, in full", file, ">= 0.40", keepsPayload: true),
    ]
    if prototype != nil {
      conditions.insert(
        Condition(name: "the prototype, clean links", aim: "", host: Prototype.host), at: 0)
    }
    do { try measure(conditions) } catch { print("  (\(error))") }
  }

  private func measure(_ conditions: [Condition]) throws {
    var rates = [[Double]](repeating: [], count: conditions.count)
    var ratios = rates
    for host in [Testbed.bridgeHost, Testbed.fabricHost] { _ = rate(host, nil) }
    for _ in 0..<Self.rounds {
      for (index, condition) in conditions.enumerated() {
        let bridge = rate(Testbed.bridgeHost, condition.congestionControl)
        try condition.begin(testbed.fabric)
        let own = rate(condition.host, condition.congestionControl)
        condition.end(testbed.fabric)
        rates[index].append(own)
        ratios[index].append(own / bridge)
      }
    }
    for (index, condition) in conditions.enumerated() {
      Row.print(
        "fabric: TCP throughput, \(condition.name)", Row.gigabits(Row.median(rates[index])),
        Row.spread(ratios[index]), aim: condition.aim)
    }
  }

  private func rate(_ host: String, _ congestionControl: String?) -> Double {
    BenchTraffic.throughput(
      from: testbed.source, to: testbed.target, host: host, seconds: 0.7,
      congestionControl: congestionControl)
  }

  private func policy(
    _ name: String, _ aim: String, _ change: (inout Impairment) -> Void
  ) -> Condition {
    var impairment = Impairment()
    change(&impairment)
    return Condition(
      name: name, aim: aim, begin: { $0.impair("bench", Testbed.path, impairment) },
      end: { $0.lift("bench") })
  }

  private func capture(
    _ name: String, _ file: String, _ aim: String, keepsPayload: Bool
  ) -> Condition {
    let current = Mutex<Capture?>(nil)
    return Condition(
      name: name, aim: aim,
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
          let all = summary.writtenFrames + summary.lostFrames
          print("  (\(name): \(summary.lostFrames) of \(all) packets lost; aim: none)")
        }
        if let failure = summary.failure { print("  (\(failure))") }
      })
  }
}
