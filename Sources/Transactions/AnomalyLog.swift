/// The anomalies found so far: all counted, the first of each kind kept as evidence.
struct AnomalyLog {
  private(set) var counts: [AnomalyKind: Int] = [:]
  private(set) var shown: [Anomaly] = []
  private static let shownPerKind = 8

  /// Whether a cycle of dependencies was found.
  var hasCycles: Bool {
    counts.keys.contains { if case .cycle = $0 { true } else { false } }
  }

  /// Counts one more; the sentence is made only when it will be shown.
  mutating func note(_ kind: AnomalyKind, _ operations: [Int], _ summary: () -> String) {
    counts[kind, default: 0] += 1
    guard counts[kind]! <= Self.shownPerKind else { return }
    shown.append(Anomaly(kind: kind, summary: summary(), operations: operations))
  }

  /// Adds a kind's components without showing each.
  mutating func count(_ kind: AnomalyKind, _ number: Int) { counts[kind, default: 0] += number }

  /// Adds what another log has of a kind, under another where it says so.
  mutating func take(_ kind: AnomalyKind, as name: AnomalyKind? = nil, from other: AnomalyLog) {
    guard let number = other.counts[kind] else { return }
    count(name ?? kind, number)
    for var anomaly in other.shown where anomaly.kind == kind {
      anomaly.kind = name ?? kind
      shown.append(anomaly)
    }
  }

  mutating func show(_ anomaly: Anomaly) { shown.append(anomaly) }
}
