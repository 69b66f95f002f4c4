import Basics
import Histories

/// When a run was steady, when each of its faults was active, and what came after: the frame in
/// which every service checker places its operations.
///
/// The steady phase lies between the phases `steady` and `method`; without them it is everything
/// before the first fault. What is judged ends where the final reads begin.
struct Timeline {
  /// From the steady phase to the final reads.
  let judged: Window
  let steady: Window
  /// The faults an outage may be attributed to, in the order of injection: every fault that is
  /// not an operator's action, and the actions that were named.
  let causes: [FaultMark]
  /// The faults asked about.
  let chosen: [FaultMark]
  /// Ids that were asked for and do not exist.
  let missing: [Int]

  init(_ history: History, faults named: [Int]?) {
    let lastMoment =
      history.operations.lazy
      .map { max($0.completed ?? $0.scheduled, $0.scheduled) }.max() ?? .start
    let afterEverything = max(history.end, lastMoment).advanced(by: .nanoseconds(1))
    let end = history.began(.final) ?? history.began(.down) ?? afterEverything
    let start = history.began(.steady) ?? history.operations.lazy.map(\.scheduled).min() ?? .start
    judged = Window(min(start, end), end)
    causes = history.faults.filter { !$0.isAction || named?.contains($0.id) == true }
      .sorted { ($0.injected, $0.id) < ($1.injected, $1.id) }
    chosen = causes.filter { named?.contains($0.id) ?? true }
    missing = (named ?? []).filter { id in !history.faults.contains { $0.id == id } }
    let firstFault = history.faults.map(\.injected).min() ?? end
    steady = Window(judged.start, min(history.began(.method) ?? firstFault, firstFault))
  }

  /// While the fault was active: from its injection until it was healed, or to the end.
  func during(_ fault: FaultMark) -> Window {
    Window(fault.injected, min(fault.healed ?? judged.end, judged.end))
  }

  /// From the moment the fault was healed until the next cause is injected, or to the end; nil
  /// when it was not healed.
  func after(_ fault: FaultMark) -> Window? {
    guard let healed = fault.over else { return nil }
    return Window(healed, min(next(after: healed, but: fault), judged.end))
  }

  /// From the injection until the next cause is injected, or to the end; what is injected together with it is
  /// not the next.
  func horizon(_ fault: FaultMark) -> Window {
    let together = fault.injected.advanced(by: Self.together - .nanoseconds(1))
    return Window(fault.injected, min(next(after: together, but: fault), judged.end))
  }

  /// Causes that are injected less than this apart are one event: what each of them did cannot be told.
  static var together: Duration { .milliseconds(250) }

  /// The cause to which an outage is put down that was found to be another's: that one, if it is asked about, else
  /// the newest that is asked about of those that were injected together with it.
  func asked(insteadOf cause: Int, among active: [Int]) -> Int {
    let isAsked = { (index: Int) in chosen.contains { $0.id == causes[index].id } }
    guard !isAsked(cause) else { return cause }
    return active.last { other in
      isAsked(other) && causes[other].injected.duration(to: causes[cause].injected) < Self.together
    } ?? cause
  }

  private func next(after moment: Instant, but fault: FaultMark) -> Instant {
    causes.first { $0.injected > moment && $0.id != fault.id }?.injected ?? .never
  }

  /// Every stretch in which at least one of the chosen faults was active.
  var faulty: [Window] { chosen.map(during) }

  /// Every stretch after a chosen fault was healed.
  var afterwards: [Window] { chosen.compactMap(after) }
}

extension FaultMark {
  /// `fault 1 (kill lb-a/proxy)`.
  var title: String {
    summary.isEmpty ? "fault \(id) (\(name))" : "fault \(id) (\(summary))"
  }

  /// Whether it was in force at a moment.
  func isActive(at moment: Instant) -> Bool {
    injected <= moment && moment < (healed ?? .never)
  }
}
