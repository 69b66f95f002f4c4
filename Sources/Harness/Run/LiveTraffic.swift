import Stacks
import Basics
import Bindings
import Checkers
import Clients
import Experiments
import Histories
import Linux
import Nodes
import Workloads

/// The clients of all workloads: each process on a thread of its own inside its node.
final class LiveTraffic: Sendable {
  /// What the gates and the progress line look at, by the name of the workload.
  let meters: [(name: String, rate: Double, meter: TrafficMeter)]
  /// The first process number that no client will ever use: clients count up from their first by
  /// the number of all, and this leaves room for all.
  static let firstFreeNumber = ClientProcess.endOfNumbers
  private let stop = StopFlag()
  private let threads: [Linux.Thread]

  /// Starts every client of the plan.
  init(
    _ plan: Plan, options: RunOptions, nodes: [NodeID: Node], recorder: Recorder, clock: RunClock,
    note: @escaping @Sendable (String) -> Void
  ) throws {
    let stride = plan.workloads.map(\.clients).reduce(0, +)
    let start = clock.now.advanced(by: .milliseconds(20))
    var threads: [Linux.Thread] = []
    var meters: [(name: String, rate: Double, meter: TrafficMeter)] = []
    var number = 0
    for spec in plan.workloads {
      let spec = try spec.loaded(followingLinks: options.followsLinks)
      let meter = TrafficMeter(timeout: spec.timeout)
      meters.append((spec.name, spec.load.lowest, meter))
      _ = recorder.label(spec.name)
      recorder.record(.workload(.init(name: spec.name, timeout: spec.timeout)))
      let workload = try spec.workload()
      var hosts: [NodeID: any ClientHost] = [:]
      for id in Set(spec.nodes).sorted() {
        guard let node = nodes[id] else { continue }
        hosts[id] = spec.client.traffic.host(on: try ClientGround(node, note: note))
      }
      for turn in 0..<spec.clients {
        let id = spec.nodes[turn % spec.nodes.count]
        guard let node = nodes[id], let host = hosts[id] else { continue }
        let target = spec.target(from: id, in: plan.stack)
        let assignment = ClientProcess.Assignment(
          workload: workload, name: spec.name, host: host, url: target.url,
          server: target.server?.text,
          schedule: Schedule(spec.load, processes: spec.clients), timeout: spec.timeout,
          filler: spec.filler, chance: Chance(seed: plan.seed).stream("workload \(spec.name)"))
        let process = ClientProcess(
          assignment, turn: turn, firstNumber: number, stride: stride, recorder: recorder,
          meter: meter, clock: clock)
        let stop = stop
        threads.append(
          try node.thread(named: "client \(number)") { process.run(from: start, until: stop) })
        number += 1
      }
    }
    self.threads = threads
    self.meters = meters
  }

  /// How many operations of a workload began; a few that were not sent may be among them.
  func begun(_ name: String) -> Int {
    meters.first { $0.name == name }.map { $0.meter.begun } ?? 0
  }

  /// Lets every client finish the operation it has in flight, and waits for that.
  func end() {
    stop.raise()
    for thread in threads { thread.join() }
  }

  /// Whether all traffic has been good for so long, with enough of it to tell. What is in flight is
  /// waited for: of the time after it was meant to start, nothing is known yet.
  func hasBeenGood(for length: Duration, since start: Instant, now: Instant) -> Bool {
    meters.allSatisfy { workload in
      let since = workload.meter.goodSince(start)
      let expected = min(workload.rate * length.seconds, Double(TrafficMeter.memory))
      return since.duration(to: workload.meter.known(at: now)) >= length
        && Double(workload.meter.goodCount(since: since)) >= max(1, expected / 2)
    }
  }

  /// How a workload usually does, for a comparison.
  struct Usual {
    /// What was good often enough to count on it.
    let functions: Set<String>
    /// Of good operations, from their intended starts.
    let latencies: [Duration]
  }

  /// How each workload did since a moment.
  func usual(since moment: Instant) -> [Usual] {
    meters.map { workload in
      let functions = workload.meter.functions(since: moment)
      return Usual(
        functions: Set(functions.filter { $0.value >= Settles.usualEnough }.keys),
        latencies: workload.meter.latencies(since: moment))
    }
  }

  /// Whether each workload's usual functions were good at least once since a moment.
  func hasSeen(_ usual: [Usual], since moment: Instant) -> Bool {
    zip(meters, usual).allSatisfy { workload, usual in
      usual.functions.isSubset(of: workload.meter.functions(since: moment).keys)
    }
  }

  /// Whether each workload's answers since a moment came as quickly as the invariant will ask: who was kept
  /// waiting by an outage works off what has piled up for a while.
  func isQuick(_ usual: [Usual], since moment: Instant, as settles: Settles?) -> Bool {
    guard let settles else { return true }
    return zip(meters, usual).allSatisfy { workload, usual in
      settles.isQuick(workload.meter.latencies(since: moment), beside: usual.latencies)
    }
  }

  /// What stood in the way, a sentence a workload.
  var complaints: [String] {
    meters.map { name, _, meter in
      let totals = meter.totals
      let reason = totals.lastError.map { "; last error: \($0)" } ?? ""
      return "\(name): \(totals.good) good, \(totals.bad) bad operations\(reason)"
    }
  }
}
