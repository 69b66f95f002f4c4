import Histories

/// When an element went in and came out that may have gone in more than once.
///
/// Which of those that came out is which of those that went in nobody knows; what must be so is
/// what every way of pairing them says.
struct RepeatedElement {
  /// When each that may have gone in began to.
  private var begun: [Int32] = []
  /// Those of them that were acknowledged, with that moment.
  private var certain: [(begun: Int32, acknowledged: Int32)] = []
  /// By when each came out.
  private var out: [Int32] = []

  mutating func goesIn(_ operation: Operation) {
    begun.append(operation.invocationIndex)
    guard operation.outcome == .ok else { return }
    certain.append((operation.invocationIndex, operation.completionIndex))
  }

  mutating func comesOut(_ operation: Operation) { out.append(operation.completionIndex) }

  /// Whether at some moment more had come out than had begun to go in; not that more came out than
  /// went in at all.
  var isOverdrawn: Bool {
    zip(out.sorted(), begun.sorted()).contains { $0 < $1 }
  }

  /// How many of those that were acknowledged before an event cannot have come out.
  ///
  /// One that began to go in late can only be among those that came out later: the most that are
  /// missing among the latest are missing (Hall's theorem, the sets being nested).
  func missing(before event: Int32) -> Int {
    let settled = certain.filter { $0.acknowledged < event }.map(\.begun).sorted(by: >)
    let outs = out.sorted(by: >)
    var (most, later) = (0, 0)
    for (place, begun) in settled.enumerated() {
      while later < outs.count, outs[later] > begun { later += 1 }
      most = max(most, place + 1 - later)
    }
    return most
  }
}
