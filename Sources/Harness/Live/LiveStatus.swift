import Basics
import Clients
import Fabric
import Faults
import Histories
import Linux
import Nodes
import Stacks

/// What a stack that is up, or a run under way, is doing, for whoever asks.
struct LiveStatus {
  let lab: Lab
  private let run: ExperimentRun
  private let snapshot: RunState.Snapshot

  init(_ lab: Lab, _ run: ExperimentRun) {
    self.lab = lab
    self.run = run
    snapshot = lab.state.snapshot
  }

  var json: JSON {
    [
      "stack": .string(lab.stack.name), "phase": .string(phase),
      "folder": .string(lab.folder.path),
      "page": .optional(run.pageURL) { .string($0) },
      "nodes": .array(
        lab.stack.nodes.map { node in
          [
            "name": .string(node.id.text), "site": .string(node.site.text),
            "role": .string(node.role), "address": .string("\(node.address)"),
          ]
        }),
      "instances": .array(instances),
      "owners": .object(
        snapshot.owners.sorted { $0.key < $1.key }.map {
          JSON.Member($0.key, .strings($0.value.sorted().map(\.text)))
        }),
      "waitsFor": .optional(snapshot.heldStep) { .string($0) },
      "faults": .array(faults),
      "traffic": .array(traffic),
      "fabric": fabric,
      "changedFromOutside": .strings(changes()),
      "notes": .strings(snapshot.notes),
    ]
  }

  /// Of a run by hand, whose method is what people do, that it waits for them.
  private var phase: String {
    run.session != nil && snapshot.phase == .method ? "live" : snapshot.phase.rawValue
  }

  private var instances: [JSON] {
    lab.supervisor.states.map { instance, state -> JSON in
      [
        "node": .string(instance.node.text), "component": .string(instance.component),
        "state": .string(state.text),
        "role": .optional(snapshot.roles[instance]) { .string($0) },
      ]
    }
  }

  /// What is active, in the order of its ids.
  private var faults: [JSON] {
    snapshot.faults.sorted { $0.key < $1.key }.map { id, summary in
      let mark = snapshot.changes[id]?.mark
      return [
        "id": .integer(id), "summary": .string(summary),
        "targets": .strings(mark?.targets.map(\.description) ?? []),
        "confirmed": .bool(mark?.confirmed != nil),
        "sentence": .string(mark?.confirmation ?? ""),
      ]
    }
  }

  private var traffic: [JSON] {
    let now = lab.clock.now
    return (lab.traffic.value?.workloads ?? []).map { workload in
      let meter = workload.meter
      let totals = meter.totals
      let second = now.advanced(by: .seconds(-1))
      return [
        "workload": .string(workload.name),
        "rate": .optional(workload.loadText) { .string($0) }, "good": .integer(totals.good),
        "bad": .integer(totals.bad),
        "goodPerSecond": .integer(meter.goodCount(since: second)),
        "badPerSecond": .integer(meter.badCount(since: second)),
        "lastError": .optional(totals.lastError) { .string($0) },
      ]
    }
  }

  /// How many frames passed and were dropped, for each two nodes between which there were any.
  private var fabric: JSON {
    let pairs = (try? lab.fabric.counters().pairs) ?? []
    return .array(
      pairs.filter { $0.counters.offeredFrames > 0 }.map { pair in
        [
          "from": .string(pair.source.text), "to": .string(pair.target.text),
          "passed": .integer(Int64(clamping: pair.counters.passedFrames)),
          "dropped": .integer(Int64(clamping: pair.counters.dropped.total)),
        ]
      })
  }
}

extension ComponentState {
  /// In a word or two for a person.
  var text: String {
    switch self {
    case .running: "running"
    case .paused: "paused"
    case .stopped(let exit): "stopped (\(exit))"
    case .died(let exit): "died on its own (\(exit))"
    }
  }
}
