public import Basics
public import Histories

/// What clients ask of the system under test, and how they read its answers: a value, not a
/// thread. The n-th request of a run follows from the seed alone.
public protocol Workload: Sendable {
  /// The word after `kind:` in an experiment.
  static var kind: String { get }
  /// One sentence for the list of workloads.
  static var summary: String { get }
  /// The HTTP contract, a few lines for a person: what is sent, what must come back, and as what
  /// each outcome is recorded.
  static var contract: String { get }
  static var schema: Schema { get }
  /// What its operations carry.
  static var signatures: [Signature] { get }
  /// It adds elements, so the other workloads of a run must be able to tell them from theirs.
  static var addsElements: Bool { get }

  /// - Parameter mark: tells this workload's elements from those of the run's other workloads.
  init(_ settings: Settings, mark: ElementMark) throws(WorkloadError)

  /// How its requests travel.
  var options: HTTPOptions { get set }

  /// The request number `sequence` (from 0, counted over all processes of the workload).
  func request(_ sequence: Int, using chance: inout Chance) -> Request

  /// What the answer to a request means.
  func answer(to request: Request, _ response: Response) -> Answer

  /// What every replica is asked once the run is over and everything is healed; nil for none.
  var finalRead: Request? { get }
}

extension Workload {
  public static var addsElements: Bool { false }

  /// A workload that has its stores to itself.
  public init(_ settings: Settings) throws(WorkloadError) {
    try self.init(settings, mark: .alone)
  }
}

/// Settings that make no workload: a key and a sentence with a remedy.
public struct WorkloadError: Error, Hashable {
  /// A key inside another is named with a dot: `tls.ca`.
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
    SetWorkload.self, UniqueIDsWorkload.self, HTTPWorkload.self,
  ]

  /// The workload that `kind:` names with exactly that word; nil when there is none.
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
    "definite", .list(of: .count(100...599)),
    "HTTP statuses that the service gives only before it acts; such writes are fail, not info."
      + " Default: none beside 400 to 499 without 408.")

  static func path(_ summary: String) -> Schema.Key {
    Schema.Key(
      "path", .text,
      summary + " Starts with '/'; appended to the service's URL. Default: the URL as it stands.")
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

/// What the contracts of all kinds have in common.
enum Contract {
  static let outcomes = """
    A write is recorded as ok with a status of 200 to 299; as fail where it certainly did not happen:
    nothing was sent, a status of 400 to 499 but 408, or one of 'definite'; as info for all else (a
    timeout after sending, a broken answer, any other status): it may have happened.
    """
  static let server = """
    A header X-Node in the answer names the server that gave it; without it the server is unknown.
    """
}
