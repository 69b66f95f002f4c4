/// What a reader cannot always conclude from a file.
public struct ReadingOptions: Hashable, Sendable {
  /// Whether Jepsen values are `[key value]` of independent keys; nil to conclude it from all of
  /// them (every value such a pair, completions with their invocation's key, and a read that was
  /// invoked with `[key nil]`).
  public var independent: Bool?

  /// The reader concludes whatever is not said here.
  public init(independent: Bool? = nil) { self.independent = independent }
}
