import Basics
import Histories

/// A stretch in which operations went bad, with the cause it is attributed to.
struct Outage {
  /// The intended start of its first bad operation.
  let start: Instant
  /// When the first good answer arrived to an operation meant to start after the first bad one.
  var firstGood: Instant?
  /// When the first good answer arrived to an operation meant to start after the last bad one;
  /// nil when none did.
  var end: Instant?
  /// For how long after `end` no bad operation was seen.
  var quiet: Duration
  var badCount: Int
  /// Positions of the first and of the last bad operation.
  let first: Int
  var last: Int
  let attribution: Attribution

  /// What an outage is put down to.
  struct Attribution: Hashable {
    /// The index of the cause in `Timeline.causes`; nil when nothing had been done yet.
    var cause: Int?
    /// The outage began after that fault was healed.
    var isAfterHeal = false
  }
}

/// Finds the outages of a run.
///
/// Operations are judged in the order they were meant to start. An outage opens with a bad
/// operation and closes with the first good answer that is followed by `sustained` without a bad
/// operation. The end is the time of an answer, not of an intended start: a stalled server that
/// answers everything at once when it wakes was out until it woke.
///
/// Attribution: an outage belongs to the last thing that was done to the system before it began,
/// an injection or a heal. If no fault was active and a fault was injected while the first bad
/// operation waited, that fault broke an operation in flight and is the cause. So it is while
/// another fault was active, if the operation had not yet waited longer than the last good ones
/// took: until then the other fault did it no harm. When the injection of a fault separates two bad operations with a good answer between them, two outages are told
/// apart however short the pause.
struct Outages {
  let all: [Outage]

  init(_ traffic: Traffic, _ timeline: Timeline, late: Int64, sustained: Duration) {
    var scan = OutageScan(timeline: timeline, late: late, sustained: sustained.nanoseconds)
    for sample in traffic.samples { scan.take(sample) }
    all = scan.finish(lastMoment: traffic.samples.last?.scheduled ?? 0)
  }

  func of(cause: Int, afterHeal: Bool) -> [Outage] {
    all.filter { $0.attribution == .init(cause: cause, isAfterHeal: afterHeal) }
  }
}

private struct OutageScan {
  let timeline: Timeline
  let late: Int64
  let sustained: Int64
  private var done: [Outage] = []
  private var open: Outage?
  /// The intended start of the last bad operation of the open outage.
  private var lastBad: Int64 = 0
  /// The earliest good answer to an operation meant to start after it.
  private var recovery = Int64.max
  /// How long the last good operations took, the newest last.
  private var usual: [Int64] = []

  /// How many of them are looked at.
  private static let memory = 16

  init(timeline: Timeline, late: Int64, sustained: Int64) {
    self.timeline = timeline
    self.late = late
    self.sustained = sustained
  }

  mutating func take(_ sample: Traffic.Sample) {
    guard sample.isBad(late: late) else {
      recovery = min(recovery, sample.completed)
      usual.append(sample.completed - sample.scheduled)
      if usual.count > Self.memory { usual.removeFirst() }
      if let good = open?.firstGood {
        open!.firstGood = min(good, Instant(nanoseconds: sample.completed))
      } else {
        open?.firstGood = Instant(nanoseconds: sample.completed)
      }
      return
    }
    if open != nil, !extends(sample) { close(at: sample.scheduled) }
    if open == nil {
      open = Outage(
        start: Instant(nanoseconds: sample.scheduled), firstGood: nil, end: nil, quiet: .zero,
        badCount: 0, first: Int(sample.position), last: Int(sample.position),
        attribution: attribution(of: sample))
    }
    open!.badCount += 1
    open!.last = Int(sample.position)
    lastBad = sample.scheduled
    recovery = .max
  }

  /// Whether the next bad operation belongs to the open outage.
  private func extends(_ sample: Traffic.Sample) -> Bool {
    guard recovery <= sample.scheduled else { return true }
    let wasFaultBetween = timeline.causes.contains {
      lastBad < $0.injected.nanoseconds && recovery <= $0.injected.nanoseconds
        && $0.injected.nanoseconds <= sample.scheduled
    }
    return sample.scheduled - recovery < sustained && !wasFaultBetween
  }

  private mutating func close(at moment: Int64) {
    guard var outage = open else { return }
    if recovery != .max {
      let recovered = Instant(nanoseconds: recovery)
      outage.end = recovered
      outage.quiet = .nanoseconds(max(0, moment - recovery))
    }
    done.append(outage)
    open = nil
  }

  mutating func finish(lastMoment: Int64) -> [Outage] {
    close(at: lastMoment)
    return done
  }

  private func attribution(of sample: Traffic.Sample) -> Outage.Attribution {
    let start = Instant(nanoseconds: sample.scheduled)
    let waitedUntil = min(sample.completed, sample.scheduled + max(late, 1_000_000_000))
    let isAnyActive = timeline.causes.contains {
      $0.injected <= start && start < ($0.healed ?? .never)
    }
    let patience = isAnyActive ? sample.scheduled + (usual.max() ?? 0) : .max
    if let breaker = timeline.causes.firstIndex(where: {
      start < $0.injected && $0.injected.nanoseconds <= min(waitedUntil, patience)
    }) {
      return .init(cause: breaker)
    }
    return latestBoundary(before: start)
  }

  private func latestBoundary(before start: Instant) -> Outage.Attribution {
    var latest: Instant?
    var found = Outage.Attribution(cause: nil)
    for (index, fault) in timeline.causes.enumerated() {
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
