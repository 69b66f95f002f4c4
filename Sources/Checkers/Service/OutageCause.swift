import Basics
import Histories

/// What an outage is put down to: the newest cause that was active when it began; where none was
/// active, the newest thing done before, which may be a heal.
///
/// When it began is not a point. Its first bad operation was meant to start at one moment and was
/// known to be bad at a later one, and whatever was injected between the two may have broken it in
/// flight. So a fault injected while that operation was under way counts as active, unless the
/// service was seen to be out before the fault came: another operation had gone bad, or at least
/// two that were to go bad were overdue already (twice as long as good ones lately took).
///
/// A millisecond more or less changes nothing: to be taken for older than a fault, an outage must
/// have shown itself in two operations before that fault came. Of causes that were injected together
/// (`Timeline.together`) the one that is asked about is meant, or else who asks about one of them would
/// never hear of the outage. The other causes that were active are named with it.
struct OutageCause {
  private let samples: [Traffic.Sample]
  private let timeline: Timeline
  private var causes: [FaultMark] { timeline.causes }

  /// How many good operations tell what is usual.
  private static let memory = 16

  init(_ samples: [Traffic.Sample], _ timeline: Timeline) {
    self.samples = samples
    self.timeline = timeline
  }

  /// - Parameter index: of the first bad sample.
  func attribution(ofOutageAt index: Int) -> Outage.Attribution {
    let first = samples[index]
    let start = Instant(nanoseconds: first.scheduled)
    let decided = Instant(nanoseconds: first.decided)
    let active = causes.indices.filter {
      causes[$0].injected <= decided && start < (causes[$0].healed ?? .never)
    }
    let newest = active.last {
      let injected = causes[$0].injected
      return injected <= start || !wasOut(from: index, before: injected.nanoseconds)
    }
    var found = boundary(before: start)
    if let newest, causes[newest].injected > start || !found.isAfterHeal {
      found = .init(cause: timeline.asked(insteadOf: newest, among: active))
    }
    found.alsoActive = active.filter {
      $0 != found.cause && causes[$0].injected <= start
    }
    return found
  }

  /// Whether operations showed before a moment that the service was out.
  private func wasOut(from index: Int, before moment: Int64) -> Bool {
    let patience = 2 * usual(before: index)
    var overdue = 0
    for sample in samples[index...] {
      guard sample.scheduled < moment else { break }
      guard sample.isBad else { continue }
      if sample.decided < moment { return true }
      if sample.scheduled + patience < moment { overdue += 1 }
    }
    return overdue >= 2
  }

  /// The longest that the last good operations before it took, in nanoseconds.
  private func usual(before index: Int) -> Int64 {
    var longest: Int64 = 1_000_000
    var seen = 0
    for sample in samples[..<index].reversed() where !sample.isBad {
      longest = max(longest, sample.latency)
      seen += 1
      if seen == Self.memory { break }
    }
    return longest
  }

  /// The newest injection or heal that was not later than a moment.
  private func boundary(before start: Instant) -> Outage.Attribution {
    var latest: Instant?
    var found = Outage.Attribution()
    for (index, fault) in causes.enumerated() {
      if fault.injected <= start, latest.map({ fault.injected >= $0 }) ?? true {
        latest = fault.injected
        found = .init(cause: index)
      }
      if let healed = fault.healed, healed <= start, latest.map({ healed >= $0 }) ?? true {
        latest = healed
        found = .init(cause: index, isAfterHeal: true)
      }
    }
    return found
  }
}
