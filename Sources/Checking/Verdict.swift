/// Ordered so that combining verdicts is taking the maximum: one violation condemns a run, and
/// an `unknown` is never hidden by a `valid`.
public enum Verdict: String, Comparable, Sendable, CaseIterable {
  /// The property held, and there was enough to judge it by.
  case valid
  /// Nothing can be said: too little happened, a fault was not confirmed, a budget was spent.
  case unknown
  /// The property was violated, and there is evidence.
  case invalid

  private var rank: Int { self == .valid ? 0 : self == .unknown ? 1 : 2 }

  public static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }
}
