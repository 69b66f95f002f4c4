import Basics
import Histories

/// From when on an answer is late, and so as bad as none: whoever asked is gone.
///
/// What the author says counts. Else it is the timeout of the operation's workload, and where a
/// history does not tell that, one second. A bound on the time until good answers makes it
/// sharper: an answer that took longer than the bound cannot show that the bound was kept.
struct Lateness: Hashable {
  /// Said by the author; nil when nothing was said.
  var said: Duration?
  /// Never looser than this.
  var bound: Duration?

  static let key = Schema.Key(
    "late", .duration,
    "An answer later than this after its intended start is bad, as if none had come; without it, the workload's timeout, 1s where a history does not tell it."
  )

  /// What counts where neither the author nor the history says anything.
  static let fallback = Duration.seconds(1)

  init(said: Duration? = nil, bound: Duration? = nil) {
    self.said = said
    self.bound = bound
  }

  init(_ settings: Settings) { said = settings.duration(Self.key.name) }

  /// For an operation of a workload with that timeout.
  func limit(timeout: Duration?) -> Duration {
    if let said { return said }
    let own = timeout ?? Self.fallback
    return bound.map { min($0, own) } ?? own
  }
}
