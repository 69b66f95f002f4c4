import Basics
import Clients
import Glibc
import Histories
import Linux

/// Shows what happens while it happens: one line that is rewritten on a terminal; in a log a line for each phase, for what
/// changes in it (faults, a step that waits), and every half a minute. Written to standard error, so that standard
/// output stays the result.
final class Progress: Sendable {
  private let stop = StopFlag()
  private let thread: Linux.Thread?

  /// - Parameters:
  ///   - isQuiet: show nothing.
  ///   - secrets: what no line says.
  init(
    isQuiet: Bool, clock: RunClock, state: RunState, hiding secrets: Secrets,
    traffic: @escaping @Sendable () -> LiveTraffic?
  ) throws {
    guard !isQuiet else {
      thread = nil
      return
    }
    let stop = stop
    let isTerminal = isatty(STDERR_FILENO) == 1
    thread = try Linux.Thread(named: "progress") {
      Self.show(isTerminal, clock, stop, hiding: secrets) {
        ProgressLine(state.snapshot, elapsed: clock.now, traffic: traffic(), since: $0, counts: $1)
      }
    }
  }

  func end() {
    stop.raise()
    thread?.join()
  }

  /// How often it is looked whether there is something to show.
  private static let look = Duration.milliseconds(250)

  private static func show(
    _ isTerminal: Bool, _ clock: RunClock, _ stop: StopFlag, hiding secrets: Secrets,
    _ line: (Instant, ProgressLine.Counts) -> ProgressLine
  ) {
    var (last, next) = (clock.now, clock.now)
    var shown: ProgressLine?
    while clock.sleep(until: next.advanced(by: look), unless: stop) {
      next = clock.now
      let current = line(last, shown?.counts ?? .init())
      guard isTerminal || current.isDue(after: shown, last.duration(to: next)) else { continue }
      last = next
      shown = current
      let text = secrets.mask(current.text)
      write(isTerminal ? "\r\u{1b}[K" + text : text + "\n")
    }
    if isTerminal { write("\r\u{1b}[K") }
  }

  private static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }
}

/// One line of progress, from one look to the next.
struct ProgressLine {
  struct Counts {
    var good = 0
    var bad = 0
  }

  let text: String
  let counts: Counts
  /// What the run is at.
  private let phase: String
  /// Faults that are active, and a step that waits.
  private let active: [String]

  init(
    _ state: RunState.Snapshot, elapsed: Instant, traffic: LiveTraffic?, since last: Instant,
    counts before: Counts
  ) {
    let totals = traffic?.workloads.map(\.meter.totals) ?? []
    counts = Counts(
      good: totals.map(\.good).reduce(0, +), bad: totals.map(\.bad).reduce(0, +))
    let seconds = max(0.001, last.duration(to: elapsed).seconds)
    let time = Decimal.trimmed(Instant.start.duration(to: elapsed).seconds, decimals: 1)
    phase = state.isHealing ? "heal" : state.phase.rawValue
    active =
      state.faults.sorted { $0.key < $1.key }.map { "⚡ \($0.value)" }
      + (state.heldStep.map { ["‖ waits: \($0)"] } ?? [])
    var parts = ["\(time) s".padded(to: 8), phase.padded(to: 9)]
    if traffic != nil {
      let rate = Double(counts.good - before.good + counts.bad - before.bad) / seconds
      let errors = Double(counts.bad - before.bad) / seconds
      parts.append("\(Int(rate.rounded())) requests/s, \(Int(errors.rounded())) errors/s")
    }
    for (address, nodes) in state.owners.sorted(by: { $0.key < $1.key }) {
      let holders = nodes.isEmpty ? "nobody" : nodes.sorted().map(\.text).joined(separator: " AND ")
      parts.append("\(address): \(holders)")
    }
    text = (parts + active).joined(separator: "  ").plainLine
  }

  /// Whether a log is to have it.
  ///
  /// - Parameters:
  ///   - last: what the log has last; nil: nothing.
  ///   - time: since then.
  func isDue(after last: ProgressLine?, _ time: Duration) -> Bool {
    guard let last, phase == last.phase else { return true }
    return time >= .seconds(30) || active != last.active && time >= .milliseconds(500)
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    count >= width ? self : self + String(repeating: " ", count: width - count)
  }
}
