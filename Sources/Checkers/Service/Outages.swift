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
  var attribution = Attribution()

  /// What an outage is put down to.
  struct Attribution: Hashable {
    /// The index of the cause in `Timeline.causes`; nil when nothing had been done yet.
    var cause: Int?
    /// The outage began after that fault was healed.
    var isAfterHeal = false
    /// The other causes that were active when it began.
    var alsoActive: [Int] = []
  }
}

/// Finds the outages of a run.
///
/// Operations are judged in the order they were meant to start. An outage opens with a bad
/// operation and closes with the first good answer that is followed by `sustained` without a bad
/// operation. The end is the time of an answer, not of an intended start: a stalled server that
/// answers everything at once when it wakes was out until it woke. When the injection of a fault
/// separates two bad operations with a good answer between them, two outages are told apart
/// however short the pause. What an outage is attributed to is said at `OutageCause`.
struct Outages {
  let all: [Outage]

  init(_ traffic: Traffic, _ timeline: Timeline, sustained: Duration) {
    var scan = OutageScan(timeline: timeline, sustained: sustained.nanoseconds)
    for index in traffic.samples.indices { scan.take(traffic.samples[index], at: index) }
    let found = scan.finish(lastMoment: traffic.samples.last?.scheduled ?? 0)
    let cause = OutageCause(traffic.samples, timeline)
    all = found.map { outage, index in
      var outage = outage
      outage.attribution = cause.attribution(ofOutageAt: index)
      return outage
    }
  }

  func of(cause: Int, afterHeal: Bool) -> [Outage] {
    all.filter { $0.attribution.cause == cause && $0.attribution.isAfterHeal == afterHeal }
  }
}

private struct OutageScan {
  let timeline: Timeline
  let sustained: Int64
  private var done: [(Outage, index: Int)] = []
  private var open: (outage: Outage, index: Int)?
  /// The intended start of the last bad operation of the open outage.
  private var lastBad: Int64 = 0
  /// The earliest good answer to an operation meant to start after it.
  private var recovery = Int64.max

  init(timeline: Timeline, sustained: Int64) {
    self.timeline = timeline
    self.sustained = sustained
  }

  mutating func take(_ sample: Traffic.Sample, at index: Int) {
    guard sample.isBad else {
      recovery = min(recovery, sample.completed)
      let completed = Instant(nanoseconds: sample.completed)
      if let good = open?.outage.firstGood ?? (open == nil ? nil : completed) {
        open!.outage.firstGood = min(good, completed)
      }
      return
    }
    if open != nil, !extends(sample) { close(at: sample.scheduled) }
    if open == nil {
      let outage = Outage(
        start: Instant(nanoseconds: sample.scheduled), firstGood: nil, end: nil, quiet: .zero,
        badCount: 0, first: Int(sample.position), last: Int(sample.position))
      open = (outage, index)
    }
    open!.outage.badCount += 1
    open!.outage.last = Int(sample.position)
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
    guard let (found, index) = open else { return }
    var outage = found
    if recovery != .max {
      outage.end = Instant(nanoseconds: recovery)
      outage.quiet = .nanoseconds(max(0, moment - recovery))
    }
    done.append((outage, index))
    open = nil
  }

  mutating func finish(lastMoment: Int64) -> [(Outage, index: Int)] {
    close(at: lastMoment)
    return done
  }
}
