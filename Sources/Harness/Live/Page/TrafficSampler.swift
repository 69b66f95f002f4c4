import Basics
import Clients
import Reports
import Stacks
import Synchronization

/// Looks at the clients of a stack now and then.
final class TrafficSampler: Sendable {
  private let ground: Handover<Lab>
  private let state = Mutex(State())

  private struct State: Sendable {
    var last: Instant?
    /// How many good operations of each workload were seen.
    var good: [String: Int] = [:]
  }

  init(_ ground: Handover<Lab>) { self.ground = ground }

  /// What there is to see; nil where it is too early to look again, or nothing is up.
  func samples(at now: Instant) -> [TrafficSample]? {
    guard let lab = ground.value else { return nil }
    return state.withLock { state in
      if let last = state.last, last.duration(to: now) < Self.pace { return nil }
      state.last = now
      let sites = Dictionary(
        lab.stack.nodes.map { ($0.id, $0.site.text) }
      ) { first, _ in first }
      return (lab.traffic.value?.workloads ?? []).map { workload in
        let look = workload.meter.look(after: state.good[workload.name] ?? 0)
        state.good[workload.name] = look.totals.good
        return TrafficSample(
          workload: workload.name, rate: workload.loadText,
          total: .init(good: look.totals.good, bad: look.totals.bad),
          sites: Self.bySite(look, workload.clientNodes.map { sites[$0] ?? "" }),
          lastError: look.totals.lastError, latencies: look.latencies)
      }
    }
  }

  /// A little less than two looks of the page's are apart.
  private static let pace = Duration.milliseconds(450)

  /// - Parameter sites: of each client.
  private static func bySite(_ look: TrafficMeter.Look, _ sites: [String]) -> [TrafficSample.Site] {
    var tallies: [String: TrafficSample.Tally] = [:]
    for (client, site) in sites.enumerated() {
      let own = look.clients[client] ?? (0, 0)
      tallies[site, default: .init()].good += own.good
      tallies[site, default: .init()].bad += own.bad
    }
    return tallies.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
  }
}
