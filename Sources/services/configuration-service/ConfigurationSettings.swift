import Basics
import ServiceGround

/// How one instance is told to run; every flag has an environment variable of the same name
/// (`--listen` is `CONFIGURATION_SERVICE_LISTEN`), and the flag wins.
struct ConfigurationSettings: Sendable {
  /// How the data centres' stores are kept the same.
  enum Layout: String, Sendable {
    /// One cluster, whose members agree on every write.
    case replicated
    /// A cluster each, and what the other one's keys were is copied below `/mirror`; the newer of the two is believed.
    case mirrored
  }

  /// When an audit event is written.
  enum Audit: String, Sendable {
    /// With the policy, in the same transaction; delivered from there until it has arrived.
    case outbox
    /// Wrong, for tests of what finds it: after the policy, once for each request.
    case direct
  }

  var address = "127.0.0.1"
  var port: UInt16 = 8080
  var node = "configuration-service"
  var site = "here"
  /// The nearest first.
  var store = [ServiceCall.Place(host: "127.0.0.1", port: 2379)]
  var layout = Layout.replicated
  var documents = ServiceCall.Place(host: "127.0.0.1", port: 8300)
  /// The nearest first.
  var engines = [ServiceCall.Place(host: "127.0.0.1", port: 8181)]
  var audit = Audit.outbox
  /// From a request's arrival to its answer, at the latest.
  var timeout = Duration.milliseconds(700)
  /// A file with the policy of the platform that holds until another is put.
  var platform = "platform.rego"
  /// A folder; a file in it makes the service serve broken bundles.
  var moods = ""
  /// What the gateway shows, and what bundles are signed with. Given by the environment, for everybody can read
  /// command lines.
  var gatewayKey = ""
  var bundleKey = ""

  static let usage = """
    usage: configuration-service [--listen ADDRESS:PORT] [--node NAME] [--site NAME] [--store HOST:PORT,...]
             [--layout replicated|mirrored] [--documents HOST:PORT] [--engines HOST:PORT,...]
             [--audit outbox|direct] [--timeout 700ms] [--platform FILE] [--moods FOLDER]
             [--gateway-key KEY] [--bundle-key KEY] [--version]
    """

  static let flags = ServiceFlags(
    of: "configuration-service",
    [
      "listen", "node", "site", "store", "layout", "documents", "engines", "audit", "timeout",
      "platform", "moods", "gateway-key", "bundle-key",
    ], usage: usage)

  init() {}

  init(arguments: [String], environment: [String: String]) throws(ConfigurationError) {
    self.init()
    for (name, value) in try Self.flags.read(arguments, environment: environment) {
      try set(name, value)
    }
    guard !gatewayKey.isEmpty, !bundleKey.isEmpty else {
      throw .init("--gateway-key and --bundle-key are needed")
    }
  }

  private mutating func set(_ key: String, _ value: String) throws(ConfigurationError) {
    switch key {
    case "listen": (address, port) = try ServiceFlags.place(of: key, value)
    case "node": node = value
    case "site": site = value
    case "store": store = try Self.places(of: key, value)
    case "layout": layout = try ServiceFlags.value(of: key, value) { Layout(rawValue: $0) }
    case "documents":
      documents = try ServiceFlags.value(of: key, value) { ServiceCall.Place($0) }
    case "engines": engines = try Self.places(of: key, value)
    case "audit": audit = try ServiceFlags.value(of: key, value) { Audit(rawValue: $0) }
    case "timeout": timeout = try ServiceFlags.value(of: key, value) { Duration(text: $0) }
    case "platform": platform = value
    case "moods": moods = value
    case "gateway-key": gatewayKey = value
    default: bundleKey = value
    }
  }

  private static func places(
    of key: String, _ value: String
  ) throws(ConfigurationError) -> [ServiceCall.Place] {
    try value.split(separator: ",").map { (text) throws(ConfigurationError) in
      try ServiceFlags.value(of: key, String(text)) { ServiceCall.Place($0) }
    }
  }
}
