import Basics
import Checking
import Histories

/// When the harness itself was held up. What it measured then may be its own doing: a timing
/// bound that such a stall could have decided is not called violated.
struct Stalls {
  private let windows: [Window]

  init(_ history: History) {
    windows = Window.union(
      history.observations.compactMap { seen in
        guard case .stall(let stall) = seen.fact else { return nil }
        return Window(seen.time.advanced(by: .zero - stall.length), seen.time)
      })
  }

  /// For how long the harness was held up within a window.
  func length(in window: Window) -> Duration {
    windows.reduce(.zero) { $0 + ($1.overlap(window)?.length ?? .zero) }
  }

  /// Whether an operation was under way while the harness was held up.
  func touched(_ sample: Traffic.Sample) -> Bool {
    guard !windows.isEmpty else { return false }
    let life = Window(
      Instant(nanoseconds: sample.scheduled), Instant(nanoseconds: sample.decided &+ 1))
    return windows.contains { $0.overlap(life) != nil }
  }

  var isEmpty: Bool { windows.isEmpty }

  /// Whether the harness was held up for a twentieth of a window or more: on a machine so busy the servers
  /// waited for a processor as well, between those stalls, too.
  func blur(_ window: Window) -> Bool { length(in: window) * 20 >= window.length }

  /// The doubt that stands where a violation would.
  static func doubt(_ violation: String, _ stalled: Duration) -> String {
    "\(violation); but the harness itself was held up for \(Wording.milliseconds(stalled)) of that "
      + "time, which could have decided it"
  }
}
