public import Experiments
internal import Verdicts

/// How long a run takes, by its plan: what it waits for at least, and at most. Bringing servers up and judging come on top;
/// they depend on the machine, and a run that was is the best measure of them.
public struct RunLength: Sendable {
  /// When all goes well at once.
  public let least: Duration
  /// When every gate opens at its last moment.
  public let most: Duration

  /// By the plan's gates and its schedule.
  public init(_ plan: Plan) {
    let look = Judge.lookAfterHeal(plan)
    let steady = plan.steadyState
    let settle = plan.settle
    let method = plan.methodLength
    least = steady.holds + method + max(settle.holds, look) + settle.quiet
    most =
      max(steady.within, steady.holds) + method
      + max(settle.within, look + settle.holds) + settle.quiet
  }

  private init(least: Duration, most: Duration) {
    self.least = least
    self.most = most
  }

  /// Of several, one after another.
  public static func + (a: RunLength, b: RunLength) -> RunLength {
    RunLength(least: a.least + b.least, most: a.most + b.most)
  }
}
