import Basics
import Clients
import Faults
import Linux
import Stacks

/// What those who look on saw last.
extension Lab {
  func lastRole(of instance: InstanceID) -> String? { state.snapshot.roles[instance] }

  func firstLeader(of component: String) -> InstanceID? {
    let words = stack.leadingWords(of: component)
    let roles = state.snapshot.firstRoles
    return stack.instances(of: component).map(\.id).first { id in
      roles[id].map(words.contains) ?? false
    }
  }

  func lastReading(of probe: String, on instance: InstanceID) -> Double? {
    state.snapshot.readings[instance]?[probe]
  }

  func latencies(of workload: String?, over length: Duration) -> [Duration] {
    let start = clock.now.advanced(by: .zero - length)
    return (traffic.value?.workloads ?? []).filter { workload == nil || $0.name == workload }
      .flatMap { $0.meter.latencies(since: start) }
  }

  func operations(of workload: String?, over length: Duration?) -> OperationCounts {
    let meters = traffic.value?.workloads.filter { workload == nil || $0.name == workload } ?? []
    return meters.map(\.meter).reduce(into: OperationCounts(good: 0, bad: 0)) { counts, meter in
      if let length {
        let start = clock.now.advanced(by: .zero - length)
        counts.good += meter.goodCount(since: start)
        counts.bad += meter.badCount(since: start)
      } else {
        counts.good += meter.totals.good
        counts.bad += meter.totals.bad
      }
    }
  }
}
