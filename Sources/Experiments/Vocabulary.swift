public import Basics
import Checkers
public import Checking
public import Workloads

/// Which invariants and workloads there are, and what they may be told.
public struct Vocabulary: Sendable {
  /// Every checker that `invariants:` may name.
  public var invariants: [InvariantKind]
  /// Every kind that a workload may be of.
  public var workloads: [WorkloadKind]

  /// A checker, as planning sees it.
  public struct InvariantKind: Sendable {
    /// The word that an experiment names it by.
    public var name: String
    /// Which settings it takes.
    public var schema: Schema
    /// Whether it is asked although no invariant names it.
    public var unasked: Unasked
    /// Whether it has a meaning across workloads that have no state in common.
    public var joinsWorkloads = false
    /// What it means with settings that are each of the right kind, or what is wrong with them.
    public var meaning: @Sendable (Settings) -> Result<Meaning, SettingsError>

    /// What planning must know of a checker with its settings.
    public struct Meaning: Sendable {
      /// What it judges by.
      public var feed: Feed
      /// The sharpest time that traffic must be able to tell; nil when there is none.
      public var finestBound: Duration?
      /// Whether a fault may be a good reason for a violation.
      public var isExcusedByFaults = false

      /// Without `finestBound` it does not matter how often traffic comes.
      public init(feed: Feed, finestBound: Duration? = nil) {
        self.feed = feed
        self.finestBound = finestBound
      }
    }

    /// A checker that planning knows without its type; unless told otherwise it judges traffic,
    /// takes any settings of the right kinds, and is never asked unnamed.
    public init(
      name: String, schema: Schema, unasked: Unasked = .never,
      meaning: @escaping @Sendable (Settings) -> Result<Meaning, SettingsError> = { _ in
        .success(Meaning(feed: .traffic))
      }
    ) {
      self.name = name
      self.schema = schema
      self.unasked = unasked
      self.meaning = meaning
    }

    /// What a checker says of itself; its meaning is found by making one with the settings.
    public init<C: Checker>(_ checker: C.Type) {
      self.init(name: checker.name, schema: checker.schema, unasked: checker.unasked) { settings in
        Result { () throws(SettingsError) in
          let checker = try C(settings)
          var meaning = Meaning(feed: checker.feed, finestBound: checker.finestBound)
          meaning.isExcusedByFaults = checker.isExcusedByFaults
          return meaning
        }
      }
      joinsWorkloads = checker.joinsWorkloads
    }
  }

  /// A kind of workload, as planning sees it.
  public struct WorkloadKind: Sendable {
    /// The word that an experiment names it by.
    public var name: String
    /// Which settings it takes.
    public var schema: Schema
    /// What it invokes with settings that are right; everything it ever does with others.
    public var functions: @Sendable (Settings) -> [WorkloadFunction]
    /// It adds elements, which carry a mark.
    public var addsElements: Bool
    /// What it does can be judged by itself, whoever else uses the same service.
    public var standsAlone = false
    /// What is wrong with settings that are each of the right kind.
    public var refuse: @Sendable (Settings) -> WorkloadError?

    /// A kind that planning knows without its type; unless told otherwise it has no functions,
    /// adds no elements, and takes any settings of the right kinds.
    public init(
      name: String, schema: Schema,
      functions: @escaping @Sendable (Settings) -> [WorkloadFunction] = { _ in [] },
      addsElements: Bool = false,
      refuse: @escaping @Sendable (Settings) -> WorkloadError? = { _ in nil }
    ) {
      self.name = name
      self.schema = schema
      self.functions = functions
      self.addsElements = addsElements
      self.refuse = refuse
    }

    /// What a workload says of itself; settings are refused by trying to make one with them.
    public init<W: Workload>(_ workload: W.Type) {
      self.init(
        name: W.kind, schema: W.schema, functions: { (try? W($0))?.used ?? W.functions },
        addsElements: W.addsElements
      ) { settings in
        do throws(WorkloadError) {
          _ = try W(settings)
          return nil
        } catch {
          return error
        }
      }
      standsAlone = W.standsAlone
    }
  }

  /// These and no others may be named; the caller promises that no name stands twice in a list.
  public init(invariants: [InvariantKind], workloads: [WorkloadKind]) {
    self.invariants = invariants
    self.workloads = workloads
  }

  /// The checkers and the workloads of the catalogues.
  public static let standard = Vocabulary(
    invariants: Catalogue.all.map { InvariantKind($0) },
    workloads: WorkloadCatalogue.all.map { WorkloadKind($0) })
}
