public import Basics
public import Histories

/// What clients ask of the system under test, and how they read its answers: a value, not a
/// thread. The n-th request of a run follows from the seed alone.
public protocol Workload: Sendable {
  /// The word after `kind:` in an experiment.
  static var kind: String { get }
  /// One sentence for the list of workloads.
  static var summary: String { get }
  static var schema: Schema { get }
  /// What its operations carry.
  static var signatures: [Signature] { get }

  init(_ settings: Settings) throws(WorkloadError)

  /// The request number `sequence` (from 0, counted over all processes of the workload).
  func request(_ sequence: Int, using chance: inout Chance) -> Request

  /// What the answer to a request means.
  func answer(to request: Request, _ response: Response) -> Answer

  /// What every replica is asked once the run is over and everything is healed; nil for none.
  var finalRead: Request? { get }
}

/// Settings that make no workload: a key and a sentence with a remedy.
public struct WorkloadError: Error, Hashable {
  public let key: String
  public let message: String

  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }
}

/// Every kind of workload an experiment may name.
public enum WorkloadCatalogue {
  public static let all: [any Workload.Type] = [
    SetWorkload.self, UniqueIDsWorkload.self, HTTPWorkload.self,
  ]

  public static func workload(ofKind kind: String) -> (any Workload.Type)? {
    all.first { $0.kind == kind }
  }
}

extension Settings {
  /// Statuses the service gives only before it acts: `definite: [503]`.
  var definiteStatuses: Set<Int> {
    guard case .list(let values)? = self["definite"] else { return [] }
    return Set(values.compactMap { if case .integer(let value) = $0 { Int(value) } else { nil } })
  }
}

extension Schema.Key {
  static let definite = Schema.Key(
    "definite", .list(of: .integer),
    "HTTP statuses that the service gives only before it acts; such writes are fail, not info.")

  static func path(_ summary: String) -> Schema.Key {
    Schema.Key("path", .text, summary + " Appended to the service's URL.")
  }
}

/// A path of the service; it must start at the root.
func requirePath(_ settings: Settings, _ key: String) throws(WorkloadError) -> String? {
  guard let path = settings.text(key) else { return nil }
  guard path.hasPrefix("/") else {
    throw WorkloadError(key, "a path starts with '/': write '/\(path)'")
  }
  return path
}
