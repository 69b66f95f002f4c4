public import Basics
public import Checkers
public import Workloads

/// Which invariants and workloads there are, and what they may be told.
public struct Vocabulary: Sendable {
  public var invariants: [InvariantKind]
  public var workloads: [WorkloadKind]

  /// A checker, as planning sees it.
  public struct InvariantKind: Sendable {
    public var name: String
    public var schema: Schema
    /// What is wrong with settings that are each of the right kind.
    public var refuse: @Sendable (Settings) -> SettingsError?

    public init(
      name: String, schema: Schema,
      refuse: @escaping @Sendable (Settings) -> SettingsError? = { _ in nil }
    ) {
      self.name = name
      self.schema = schema
      self.refuse = refuse
    }

    public init<C: Checker>(_ checker: C.Type) {
      self.init(name: checker.name, schema: checker.schema) { settings in
        do throws(SettingsError) {
          _ = try checker.init(settings)
          return nil
        } catch {
          return error
        }
      }
    }
  }

  /// A kind of workload, as planning sees it.
  public struct WorkloadKind: Sendable {
    public var name: String
    public var schema: Schema
    /// It adds elements, which carry a mark.
    public var addsElements: Bool
    /// What is wrong with settings that are each of the right kind.
    public var refuse: @Sendable (Settings) -> WorkloadError?

    public init(
      name: String, schema: Schema, addsElements: Bool = false,
      refuse: @escaping @Sendable (Settings) -> WorkloadError? = { _ in nil }
    ) {
      self.name = name
      self.schema = schema
      self.addsElements = addsElements
      self.refuse = refuse
    }

    public init<W: Workload>(_ workload: W.Type) {
      self.init(name: W.kind, schema: W.schema, addsElements: W.addsElements) { settings in
        do throws(WorkloadError) {
          _ = try W(settings)
          return nil
        } catch {
          return error
        }
      }
    }
  }

  public init(invariants: [InvariantKind], workloads: [WorkloadKind]) {
    self.invariants = invariants
    self.workloads = workloads
  }

  /// The checkers of the catalogue, and the workloads over HTTP.
  public static var standard: Vocabulary {
    Vocabulary(invariants: Catalogue.all.map { InvariantKind($0) }, workloads: WorkloadKind.http)
  }
}

extension Vocabulary.WorkloadKind {
  /// The kinds that speak HTTP.
  public static var http: [Self] {
    WorkloadCatalogue.all.map { Self($0) }
  }
}
