public import Checking
public import Basics
public import Histories

/// A process reads its own writes: no read returns what is older than what it wrote before.
///
/// Session guarantees are those of Terry and others (1994): a session is a process, operations are
/// `write` and `read` of registers with unique values. Which version is newer is said at
/// `versions`; a setting tells whether real time or the values decide.
public struct ReadYourWrites: Checker {
  public static let name = "read-your-writes"
  public static let summary = "A process never reads what is older than its own writes."
  public static let schema = Versions.schema
  let settings: Settings

  public var feed: Feed { .functions([[.init("write"), .init("read", result: .scalar)]]) }

  public init(_ settings: Settings) throws(SettingsError) { self.settings = settings }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    var scan = OwnSessionScan(history, settings, demands: .writes)
    return scan.finding(of: Self.self, budget, kind: "own write not read") {
      "it had written"
    }
  }
}

/// A process never reads what is older than what it read before, nor returns to a version it left.
public struct MonotonicReads: Checker {
  public static let name = "monotonic-reads"
  public static let summary = "A process never reads what is older than what it read before."
  public static let schema = Versions.schema
  let settings: Settings

  public var feed: Feed { .functions([[.init("write"), .init("read", result: .scalar)]]) }

  public init(_ settings: Settings) throws(SettingsError) { self.settings = settings }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    var scan = OwnSessionScan(history, settings, demands: .reads)
    return scan.finding(of: Self.self, budget, kind: "read went back") { "it had read" }
  }
}

/// Nobody sees a process' write without those that the process made before it.
///
/// Judged by later reads of the same observer at the same node (or where nodes are not recorded).
public struct MonotonicWrites: Checker {
  public static let name = "monotonic-writes"
  public static let summary = "Nobody sees a write without its process' earlier writes."
  public static let schema = Versions.schema
  let settings: Settings

  public var feed: Feed { .functions([[.init("write"), .init("read", result: .scalar)]]) }

  public init(_ settings: Settings) throws(SettingsError) { self.settings = settings }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    var scan = OtherSessionScan(history, settings, demands: .writes)
    return scan.finding(of: Self.self, budget, kind: "write out of order") { "had written" }
  }
}

/// Nobody sees a process' write without what the process had read before it.
///
/// Judged by later reads of the same observer at the same node (or where nodes are not recorded).
public struct WritesFollowReads: Checker {
  public static let name = "writes-follow-reads"
  public static let summary = "Nobody sees a write without what its process had read before."
  public static let schema = Versions.schema
  let settings: Settings

  public var feed: Feed { .functions([[.init("write"), .init("read", result: .scalar)]]) }

  public init(_ settings: Settings) throws(SettingsError) { self.settings = settings }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    var scan = OtherSessionScan(history, settings, demands: .reads)
    return scan.finding(of: Self.self, budget, kind: "write before its cause") { "had read" }
  }
}

/// Which earlier operations of a session demand something of a later read.
enum SessionDemand { case writes, reads }
