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

/// The clients of all workloads.
final class LiveTraffic: Sendable {
  /// In the order of the plan.
  let workloads: [LiveWorkload]
  /// The first process number that no client will ever use: clients count up from their first by
  /// the number of all, and this leaves room for all.
  static let firstFreeNumber = ClientProcess.endOfNumbers

  /// Starts every client of the plan.
  init(
    _ plan: Plan, options: RunOptions, nodes: [NodeID: Node], recorder: Recorder, clock: RunClock,
    note: @escaping @Sendable (String) -> Void
  ) throws {
    let stride = plan.workloads.map(\.clients).reduce(0, +)
    var workloads: [LiveWorkload] = []
    var number = 0
    for spec in plan.workloads {
      let spec = try spec.loaded(followingLinks: options.followsLinks)
      _ = recorder.label(spec.name)
      recorder.record(.workload(.init(name: spec.name, timeout: spec.timeout)))
      let places = try Self.places(of: spec, in: plan.stack, nodes, note)
      workloads.append(
        try LiveWorkload(
          spec, places: places, seed: plan.seed, firstNumber: number, stride: stride,
          recorder: recorder, clock: clock))
      number += places.count
    }
    self.workloads = workloads
    let start = clock.now.advanced(by: .milliseconds(20))
    for workload in workloads { try workload.begin(from: start) }
  }

  /// A place for each client, dealt out to the nodes in turn.
  private static func places(
    of spec: WorkloadPlan, in stack: ResolvedStack, _ nodes: [NodeID: Node],
    _ note: @escaping @Sendable (String) -> Void
  ) throws -> [LiveWorkload.Place] {
    var hosts: [NodeID: any ClientHost] = [:]
    for id in Set(spec.nodes).sorted() {
      guard let node = nodes[id] else { continue }
      hosts[id] = spec.client.traffic.host(on: try ClientGround(node, note: note))
    }
    return (0..<spec.clients).compactMap { turn in
      let id = spec.nodes[turn % spec.nodes.count]
      guard let node = nodes[id], let host = hosts[id] else { return nil }
      return .init(id: id, node: node, host: host, target: spec.target(from: id, in: stack))
    }
  }

  /// How many operations of a workload began; a few that were not sent may be among them.
  func begun(_ name: String) -> Int {
    workloads.first { $0.name == name }.map { $0.meter.begun } ?? 0
  }

  /// Lets every client finish the operation it has in flight, and waits for that.
  func end() {
    for workload in workloads { workload.ask() }
    for workload in workloads { workload.pause() }
  }

  /// Whether all traffic that is not paused has been good for so long, with enough of it to tell. What is in
  /// flight is waited for: of the time after it was meant to start, nothing is known yet.
  func hasBeenGood(for length: Duration, since start: Instant, now: Instant) -> Bool {
    workloads.allSatisfy { workload in
      guard workload.rate > 0 else { return true }
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
    workloads.map { workload in
      let functions = workload.meter.functions(since: moment)
      return Usual(
        functions: Set(functions.filter { $0.value >= Settles.usualEnough }.keys),
        latencies: workload.meter.latencies(since: moment))
    }
  }

  /// Whether each workload's usual functions were good at least once since a moment.
  func hasSeen(_ usual: [Usual], since moment: Instant) -> Bool {
    zip(workloads, usual).allSatisfy { workload, usual in
      workload.rate == 0
        || usual.functions.isSubset(of: workload.meter.functions(since: moment).keys)
    }
  }

  /// Whether each workload's answers since a moment came as quickly as the invariant will ask: who was kept
  /// waiting by an outage works off what has piled up for a while.
  func isQuick(_ usual: [Usual], since moment: Instant, as settles: Settles?) -> Bool {
    guard let settles else { return true }
    return zip(workloads, usual).allSatisfy { workload, usual in
      workload.rate == 0
        || settles.isQuick(workload.meter.latencies(since: moment), beside: usual.latencies)
    }
  }

  /// What stood in the way, a sentence a workload.
  var complaints: [String] {
    workloads.map { workload in
      let totals = workload.meter.totals
      let reason = totals.lastError.map { "; last error: \($0)" } ?? ""
      return "\(workload.name): \(totals.good) good, \(totals.bad) bad operations\(reason)"
    }
  }
}
