public import Basics
public import Workloads

/// How one client carries out the functions of a workload: what it sends for an invocation, and what an
/// answer means. Pure values, decided while planning; `Clients` has the sockets.
///
/// A new client is a file here, a file there, and a line in each list.
public protocol ClientBindings: Sendable {
  /// The key that an experiment or a stack writes them under: `http`.
  static var client: String { get }
  /// One sentence for the list of clients.
  static var summary: String { get }
  /// A few lines for a person: what is sent, and as what each outcome is recorded.
  static var contract: String { get }
  /// The schemes of the URLs that it speaks to.
  static var schemes: [String] { get }
  /// Whether a URL may name several servers, with commas between, of which it takes one.
  static var takesSeveralServers: Bool { get }
  /// What all its functions share.
  static var schema: Schema { get }
  /// What each of its functions may be told, below `functions`.
  static var functionSchema: Schema { get }
  /// The keys that name files, `tls.ca` for one inside another.
  static var fileKeys: [String] { get }
  /// Folders of the project that the nodes of its clients must see.
  static var folders: [String] { get }
  /// Whether there is any way to bind a function to it.
  static func serves(_ function: WorkloadFunction) -> Bool

  /// - Parameter functions: those that a workload invokes; each must be told how, or have a usual way.
  init(_ settings: ClientSettings, functions: [WorkloadFunction]) throws(BindingError)

  /// Refuses servers that the bindings do not fit.
  func check(_ urls: [String]) throws(BindingError)

  /// Reads every file that is named, so that a client needs none: it lives in the mounts of its node,
  /// where the runner's files may not be seen.
  mutating func load<Failure>(_ read: (String) throws(Failure) -> [UInt8]) throws(Failure)
}

extension ClientBindings {
  public static var fileKeys: [String] { [] }
  public static var folders: [String] { [] }
  public static var takesSeveralServers: Bool { false }

  /// Any server fits.
  public func check(_ urls: [String]) throws(BindingError) {}

  /// No file is named.
  public mutating func load<Failure>(_ read: (String) throws(Failure) -> [UInt8]) throws(Failure) {}
}

/// What was written of a client.
public struct ClientSettings: Hashable, Sendable {
  /// What all functions share.
  public var own: Settings
  /// How each function is invoked, by its name.
  public var functions: [String: Settings]
  /// How a function is invoked in final reads, where that is different.
  public var finalReads: [String: Settings]

  /// Unless told otherwise nothing was written.
  public init(
    own: Settings = .none, functions: [String: Settings] = [:], finalReads: [String: Settings] = [:]
  ) {
    self.own = own
    self.functions = functions
    self.finalReads = finalReads
  }

  /// The same with what another says in the place of what this one does, key by key.
  public func overridden(by other: ClientSettings) -> ClientSettings {
    ClientSettings(
      own: own.overridden(by: other.own),
      functions: functions.merging(other.functions) { $0.overridden(by: $1) },
      finalReads: finalReads.merging(other.finalReads) { $0.overridden(by: $1) })
  }

  /// Whether any text that was written of functions has a word in it.
  public func mentions(_ word: String) -> Bool {
    functions.values.contains { $0.values.values.contains { $0.mentions(word) } }
  }

  /// How the final reads are asked.
  public var whenFinal: ClientSettings {
    var settings = self
    settings.functions.merge(finalReads) { $0.overridden(by: $1) }
    return settings
  }
}

extension Settings {
  fileprivate func overridden(by other: Settings) -> Settings {
    Settings(values.merging(other.values) { $1 })
  }
}

extension Setting {
  fileprivate func mentions(_ word: String) -> Bool {
    switch self {
    case .text(let text): text.firstRange(of: word) != nil
    case .list(let values): values.contains { $0.mentions(word) }
    case .mapping(let values): values.values.contains { $0.mentions(word) }
    default: false
    }
  }
}

/// Bindings that cannot be used: where, and a sentence with a remedy.
public struct BindingError: Error, Hashable {
  /// The way to the key from that of the client: `functions.add.path`, `headers.Host`.
  public let key: String
  /// What is wrong, or what would be right; no final full stop.
  public let message: String

  /// Blames one key.
  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }
}

/// Every client that a service or a workload may name.
public enum ClientCatalogue {
  /// In the order that lists show.
  public static let all: [any ClientBindings.Type] = [
    HTTPBindings.self, SQLBindings.self, RedisBindings.self, DNSBindings.self, TCPBindings.self,
    DriverBindings.self,
  ]

  /// The client of that name; nil when there is none.
  public static func client(named name: String) -> (any ClientBindings.Type)? {
    all.first { $0.client == name }
  }

  /// The client that speaks to URLs of a scheme; nil when there is none.
  public static func client(speaking scheme: String) -> (any ClientBindings.Type)? {
    all.first { $0.schemes.contains(scheme.lowercased()) }
  }
}
