public import Basics
public import Histories

/// Decides whether a history has one property.
///
/// A checker is a pure function of the history and its settings: the same history gives the same
/// finding. A vacuous history (nothing succeeded, nothing to judge) is `unknown`, with the reason.
public protocol Checker: Sendable {
  /// The name that experiments and `check --checker` use.
  static var name: String { get }
  /// One sentence for the list of checkers.
  static var summary: String { get }
  /// What it may be told.
  static var schema: Schema { get }

  /// - Throws: what is wrong with settings that are each of the right kind.
  init(_ settings: Settings) throws(SettingsError)

  func check(_ history: History, within budget: Budget) -> Finding

  /// The sharpest time from injection to answers that it judges by; nil when there is none. Traffic
  /// that comes more rarely than that cannot tell whether it was kept.
  var finestBound: Duration? { get }

  /// What it judges by, with these settings.
  var feed: Feed { get }

  /// Whether a fault may be a good reason for a violation, as it is of a bound on how well or how soon somebody
  /// was served. What is promised of data holds whatever happens.
  var isExcusedByFaults: Bool { get }

  /// Whether it judges how recent an answer is. The final reads that ask several replicas, each by itself, show
  /// what those have and not what the service would answer: they are not shown to such a checker.
  var judgesRecency: Bool { get }

  /// Whether it is asked although no invariant names it.
  static var unasked: Unasked { get }

  /// Whether what it asks has a meaning across workloads that have no state in common.
  static var joinsWorkloads: Bool { get }

  /// How long a run must go on after its last heal for this checker to have enough to judge by;
  /// nil when it does not matter.
  var lookAfterHeal: Duration? { get }

  /// What must be listened for on the network while a run goes.
  var listensFor: [Overheard.Word] { get }

  /// On which networks of the stack it must be looked at whether everything is encrypted.
  var listensOn: [String] { get }

  /// What must be tried to be reached while a run goes.
  var triesToReach: [ReachTrial] { get }

  /// What must be looked for in the servers' logs when all of them have ended, besides the stack's secrets.
  var looksFor: [String] { get }
}

extension Checker {
  public static var unasked: Unasked { .never }
  /// What judges by operations of certain functions judges what they said of the data.
  public var isExcusedByFaults: Bool { if case .functions = feed { false } else { true } }
  public var judgesRecency: Bool { false }
  public static var joinsWorkloads: Bool { false }
  public var finestBound: Duration? { nil }
  public var lookAfterHeal: Duration? { nil }
  public var listensFor: [Overheard.Word] { [] }
  public var listensOn: [String] { [] }
  public var triesToReach: [ReachTrial] { [] }
  public var looksFor: [String] { [] }
}

/// Somebody tries to reach a port, on a steady beat.
public struct ReachTrial: Hashable, Sendable {
  /// What is tried.
  public var question: Reach.Question
  /// From one try to the next.
  public var every: Duration

  /// A question and how often it is asked.
  public init(_ question: Reach.Question, every: Duration) {
    self.question = question
    self.every = every
  }
}

/// Settings that are each of the right kind but do not make sense: a sentence with a remedy.
public struct SettingsError: Error, Hashable {
  /// The setting at fault, by its key in the checker's schema.
  public let key: String
  /// What is wrong with the setting, or what would be right; no final full stop.
  public let message: String

  /// Blames one setting.
  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }
}
