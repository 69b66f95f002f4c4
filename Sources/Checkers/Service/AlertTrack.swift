import Basics
import Histories

/// Which alerts fired when, as those who watch the servers said: one sequence of looks, whoever was asked.
///
/// An alert fires while anybody who answered last says so. Silence is no look, so what lies between two looks is not
/// known: an alert began after the last look without it and was seen at the first with it.
struct AlertTrack {
  struct Look {
    let time: Instant
    let alerts: Set<Alert>
  }

  /// An alert fired from one look to another.
  struct Span {
    /// The last look before, at which it did not fire; nil where there is none.
    let before: Instant?
    /// The first look at which it fired.
    let seen: Instant
    /// The last look at which it fired.
    var lastSeen: Instant
    /// The first look afterwards; nil where there is none.
    var ended: Instant?
  }

  /// Answers only, in the order of time.
  let looks: [Look]
  /// Why nothing was answered, the last time that nothing was.
  let silence: String?

  init(_ history: History) {
    var said: [InstanceID: [Alert]] = [:]
    var looks: [Look] = []
    var silence: String?
    for observation in history.observations {
      guard case .alerts(let instance, let reading) = observation.fact else { continue }
      switch reading {
      case .answer(let alerts):
        said[instance] = alerts
        looks.append(Look(time: observation.time, alerts: Set(said.values.joined())))
      case .silence(let why):
        said[instance] = nil
        silence = why
      }
    }
    self.looks = looks
    self.silence = silence
  }

  /// When an alert fired.
  func spans(of alert: Alert) -> [Span] {
    var spans: [Span] = []
    var isFiring = false
    var before: Instant?
    for look in looks {
      let fires = look.alerts.contains(alert)
      switch (isFiring, fires) {
      case (false, true):
        spans.append(Span(before: before, seen: look.time, lastSeen: look.time, ended: nil))
      case (true, true): spans[spans.count - 1].lastSeen = look.time
      case (true, false): spans[spans.count - 1].ended = look.time
      case (false, false): break
      }
      isFiring = fires
      before = look.time
    }
    return spans
  }

  /// Every alert that ever fired, in order.
  var alerts: [Alert] { Set(looks.flatMap(\.alerts)).sorted() }

  /// For how long nobody answered, at most, of the stretches that reach into a window, and from when on.
  func longestGap(in window: Window, runUntil end: Instant) -> Window {
    let inside = looks.map(\.time).filter { window.contains($0) }
    let before = looks.last { $0.time < window.start }?.time ?? window.start
    let after = looks.first { $0.time >= window.end }?.time ?? max(window.end, end)
    let moments = [before] + inside + [after]
    let gaps = zip(moments, moments.dropFirst()).map { Window($0, $1) }
    return gaps.max { $0.length < $1.length } ?? window
  }
}
