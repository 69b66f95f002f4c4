public import Basics
public import Histories

/// What clients ask of the system under test: a value, not a thread. The n-th operation of a run
/// follows from the seed, and where a process must go on from what it did, from that.
///
/// A workload knows functions and typed values, nothing of requests: any client that serves its functions
/// serves it.
public protocol Workload: Sendable {
  /// The word after `kind:` in an experiment.
  static var kind: String { get }
  /// One sentence for the list of workloads.
  static var summary: String { get }
  /// A few lines for a person: what is asked, what the answers must be, and how every replica is read in
  /// the end.
  static var contract: String { get }
  static var schema: Schema { get }
  /// What it invokes.
  static var functions: [WorkloadFunction] { get }
  /// It adds elements, so the other workloads of a run must be able to tell them from theirs.
  static var addsElements: Bool { get }
  /// What it does can be judged by itself, whoever else uses the same service: its elements and keys are its own,
  /// or what others do changes nothing.
  static var standsAlone: Bool { get }

  /// - Parameter mark: tells this workload's elements from those of the run's other workloads.
  init(_ settings: Settings, mark: ElementMark) throws(WorkloadError)

  /// Those of the functions that it invokes with its settings.
  var used: [WorkloadFunction] { get }

  /// What a process invokes at its turn.
  ///
  /// - Parameters:
  ///   - sequence: from 0, counted over all processes of the workload.
  ///   - last: what the same process did before, and how that ended; nil at its first turn, and after an
  ///     operation of unknown outcome, for then it is another process.
  func invocation(_ sequence: Int, after last: Exchange?, using chance: inout Chance) -> Invocation

  /// What a completion means: the workload may leave out what is another's, and refuse what its
  /// function cannot complete with.
  func reading(_ completion: Completion, of invocation: Invocation) -> Completion

  /// What is asked once the run is over and everything is healed.
  ///
  /// - Parameter operations: how many were begun, or more.
  func ending(after operations: Int) -> Ending
}

/// An operation with how it ended.
public struct Exchange: Hashable, Sendable {
  /// What was asked.
  public let invocation: Invocation
  /// What came of it.
  public let completion: Completion

  /// Nothing is checked.
  public init(_ invocation: Invocation, _ completion: Completion) {
    self.invocation = invocation
    self.completion = completion
  }
}

/// How the state is read once a run is over.
public enum Ending: Hashable, Sendable {
  /// There is nothing to read.
  case nothing
  /// Every replica is asked each of these.
  case everyReplica([Invocation])
  /// The service is asked each of these again and again until it completes with nothing.
  case drain([Invocation])

  /// The functions that are invoked.
  public var invocations: [Invocation] {
    switch self {
    case .nothing: []
    case .everyReplica(let invocations), .drain(let invocations): invocations
    }
  }
}

extension Workload {
  public static var addsElements: Bool { false }
  public static var standsAlone: Bool { false }

  /// All of them.
  public var used: [WorkloadFunction] { Self.functions }

  /// What its operations carry.
  public static var signatures: [Signature] { functions.map(\.signature) }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    completion
  }

  /// A workload that has its stores to itself.
  public init(_ settings: Settings) throws(WorkloadError) {
    try self.init(settings, mark: .alone)
  }
}

/// Settings that make no workload: a key and a sentence with a remedy.
public struct WorkloadError: Error, Hashable {
  /// The key of the workload's settings.
  public let key: String
  /// What is wrong with the key's value, or what would be right; no final full stop.
  public let message: String

  /// Blames one key of the workload's settings.
  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }
}

/// Every kind of workload an experiment may name.
public enum WorkloadCatalogue {
  /// In the order that lists show.
  public static let all: [any Workload.Type] = [
    SetWorkload.self, RegisterWorkload.self, ListAppendWorkload.self, RWRegisterWorkload.self,
    BankWorkload.self, CounterWorkload.self, QueueWorkload.self, MessagesWorkload.self,
    LockWorkload.self, TimersWorkload.self, MonotonicWorkload.self, LongForkWorkload.self,
    SessionsWorkload.self, UniqueIDsWorkload.self, CallWorkload.self,
    ForbiddenWorkload.self,
  ]

  /// The workload that `kind:` names with exactly that word; nil when there is none.
  public static func workload(ofKind kind: String) -> (any Workload.Type)? {
    all.first { $0.kind == kind }
  }
}

extension WorkloadCatalogue {
  /// The names of all functions that any workload invokes, each once, sorted.
  public static var functionNames: [String] {
    Set(all.flatMap { $0.functions.map(\.name) }).sorted()
  }
}
