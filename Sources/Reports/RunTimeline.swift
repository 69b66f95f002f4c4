import Basics
import Histories

/// The run as a picture needs it: requests in bins of equal length, states as segments.
///
/// However long the run, there are at most `binLimit` bins, so a report stays small.
struct RunTimeline {
  static let binLimit = 400

  let from: Duration
  let to: Duration
  let bin: Duration
  private let history: History
  private let record: RunRecord
  private let tracks: PictureTracks

  init(_ record: RunRecord) {
    self.record = record
    history = record.history
    tracks = PictureTracks(record.history, stack: record.picture)
    let firstOperation = history.operations.map(\.scheduled).min()
    let firstFault = history.faults.first?.injected
    let begin = [firstOperation, firstFault].compactMap { $0 }.min() ?? .start
    from = Instant.start.duration(to: begin)
    to = max(Instant.start.duration(to: history.end), from + .seconds(1))
    let span = (to - from).nanoseconds
    bin = .nanoseconds(max(100_000_000, (span + Int64(Self.binLimit) - 1) / Int64(Self.binLimit)))
  }

  private var binCount: Int { Int(((to - from).nanoseconds - 1) / bin.nanoseconds) + 1 }

  var json: JSON {
    [
      "from": .milliseconds(from), "to": .milliseconds(to), "bin": .milliseconds(bin),
      "bins": .integer(binCount), "workloads": .array(workloads),
      "faults": .array(history.faults.map(band)), "owners": .array(owners),
      "roles": .array(roles), "processes": .array(processes),
      "lanes": NodeLanes(
        history, stack: record.picture, tracks: tracks, from: Instant.start.advanced(by: from)
      ).json,
    ]
  }

  /// The stack, what was so when, and which moment is shown first: the middle of the first fault that was no operator's
  /// step, or the end.
  var picture: JSON {
    let fault = history.faults.first { !$0.isAction }
    let middle = fault.map { $0.injected.duration(to: $0.healed ?? history.end) / 2 }
    let moment = fault.map { $0.injected.advanced(by: middle ?? .zero) }
    return [
      "stack": record.picture.json, "tracks": tracks.json,
      "moment": .milliseconds(min(max(moment.map(Instant.start.duration) ?? to, from), to)),
      "fault": .optional(fault) { .integer($0.id) },
    ]
  }

  private func offset(_ instant: Instant) -> JSON {
    .milliseconds(Instant.start.duration(to: instant))
  }

  private func band(_ fault: FaultMark) -> JSON {
    let end = fault.over ?? fault.tookEffect
    return [
      "id": .integer(fault.id), "name": .string(fault.name), "action": .bool(fault.isAction),
      "confirmed": .bool(fault.confirmed != nil), "from": offset(fault.injected),
      "to": offset(fault.isAction || fault.healed != nil ? end : history.end),
    ]
  }
}

extension RunTimeline {
  private var workloads: [JSON] {
    let labels = Set(history.operations.map(\.workload)).sorted { $0.index < $1.index }
    return labels.map { label in
      workload(
        history.name(label) ?? "requests", history.operations.filter { $0.workload == label })
    }
  }

  private func workload(_ name: String, _ operations: [Histories.Operation]) -> JSON {
    var ok = [Int](repeating: 0, count: binCount)
    var bad = ok
    var latencies = [[Duration]](repeating: [], count: binCount)
    for operation in operations {
      let since = Instant.start.duration(to: operation.scheduled) - from
      let index = min(max(0, Int(since.nanoseconds / bin.nanoseconds)), binCount - 1)
      if operation.outcome == .ok { ok[index] += 1 } else { bad[index] += 1 }
      if operation.outcome == .ok, let latency = operation.latency {
        latencies[index].append(latency)
      }
    }
    let sorted = latencies.map { $0.sorted() }
    return [
      "name": .string(name), "ok": .array(ok.map { .integer($0) }),
      "bad": .array(bad.map { .integer($0) }),
      "p50": .array(sorted.map { $0.isEmpty ? 0 : .milliseconds($0[$0.count / 2]) }),
      "max": .array(sorted.map { $0.last.map { .milliseconds($0) } ?? 0 }),
    ]
  }
}

extension RunTimeline {
  /// Who held each floating address, by the nodes' own address lists.
  private var owners: [JSON] {
    let names = Dictionary(record.addresses.map { ($0.ip, $0.name) }) { first, _ in first }
    let lanes = lanes { fact -> (Lane, String?)? in
      guard case .address(let name, let node, let isHeld) = fact else { return nil }
      return (Lane(subject: name, node: node.text), isHeld ? "held" : nil)
    }
    return lanes.map { lane, segments in
      let name = names[lane.subject] ?? lane.subject
      let shown = segments.map { segment($0.from, $0.to, lane.node) }
      return ["address": .string(name), "node": .string(lane.node), "segments": .array(shown)]
    }
  }

  /// What each instance said of its role, where it was asked.
  private var roles: [JSON] {
    let lanes = lanes { fact -> (Lane, String?)? in
      guard case .role(let instance, let reading) = fact else { return nil }
      return (Lane(subject: instance.component, node: instance.node.text), reading.answer)
    }
    return lanes.map { lane, segments in
      let shown = segments.map { segment($0.from, $0.to, $0.state) }
      return ["name": .string("\(lane.node)/\(lane.subject)"), "segments": .array(shown)]
    }
  }

  /// The states of the processes that did not simply run all the time.
  private var processes: [JSON] {
    let lanes = lanes { fact -> (Lane, String?)? in
      guard case .process(let instance, let state) = fact else { return nil }
      return (Lane(subject: instance.component, node: instance.node.text), state.text)
    }
    return lanes.filter { $0.1.count > 1 }.map { lane, segments in
      let shown = segments.map { segment($0.from, $0.to, $0.state) }
      return ["name": .string("\(lane.node)/\(lane.subject)"), "segments": .array(shown)]
    }
  }

  private func segment(_ from: Instant, _ to: Instant, _ text: String) -> JSON {
    let begin = max(Instant.start.duration(to: from), self.from)
    let end = max(Instant.start.duration(to: to), begin)
    return ["from": .milliseconds(begin), "to": .milliseconds(end), "text": .string(text)]
  }

  private typealias Segment = (from: Instant, to: Instant, state: String)

  private struct Lane: Hashable {
    let subject: String
    let node: String
  }

  /// Turns changes of state into segments, a lane a subject and node, in order of name.
  ///
  /// - Parameter state: whose state a fact tells, and which; nil for a fact of something else.
  private func lanes(_ state: (Fact) -> (Lane, String?)?) -> [(Lane, [Segment])] {
    var open: [Lane: (since: Instant, state: String)] = [:]
    var closed: [Lane: [Segment]] = [:]
    for seen in history.observations {
      guard let (lane, next) = state(seen.fact) else { continue }
      if let current = open[lane] {
        if current.state == next { continue }
        closed[lane, default: []].append((current.since, seen.time, current.state))
      }
      open[lane] = next.map { (seen.time, $0) }
    }
    for (lane, current) in open {
      closed[lane, default: []].append((current.since, history.end, current.state))
    }
    return closed.sorted { ($0.key.subject, $0.key.node) < ($1.key.subject, $1.key.node) }
  }
}
