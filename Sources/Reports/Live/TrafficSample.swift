internal import Basics

/// What the clients of one workload have come to, as they stand at a moment.
public struct TrafficSample: Hashable, Sendable {
  /// As the experiment calls it.
  public var workload: String
  /// The rate at which it is sent, as a person writes it; nil while it is paused.
  public var rate: String?
  /// How many operations were good until now, and how many were not.
  public var total: Tally
  /// The same, by the site that the clients are at.
  public var sites: [Site]
  /// Why the last bad operation was bad.
  public var lastError: String?
  /// Of the good operations since the sample before, counted from their intended starts; the newest, where there
  /// were more than are remembered.
  public var latencies: [Duration]

  /// Good and bad operations.
  public struct Tally: Hashable, Sendable {
    /// Answered as the workload wants, and in time.
    public var good: Int
    /// All others that have ended.
    public var bad: Int

    /// None, unless told otherwise.
    public init(good: Int = 0, bad: Int = 0) {
      self.good = good
      self.bad = bad
    }

    static func - (a: Tally, b: Tally) -> Tally { Tally(good: a.good - b.good, bad: a.bad - b.bad) }

    static func + (a: Tally, b: Tally) -> Tally { Tally(good: a.good + b.good, bad: a.bad + b.bad) }
  }

  /// What came from one site.
  public struct Site: Hashable, Sendable {
    /// As the stack calls it.
    public var name: String
    /// Until now.
    public var total: Tally

    /// The operations of the clients at a site.
    public init(_ name: String, _ total: Tally) {
      self.name = name
      self.total = total
    }
  }

  /// What a workload's clients have come to.
  public init(
    workload: String, rate: String?, total: Tally, sites: [Site], lastError: String?,
    latencies: [Duration]
  ) {
    self.workload = workload
    self.rate = rate
    self.total = total
    self.sites = sites
    self.lastError = lastError
    self.latencies = latencies
  }
}
