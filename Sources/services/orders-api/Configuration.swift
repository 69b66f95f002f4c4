import Basics

/// How one instance is told to run; every flag has an environment variable of the same name
/// (`--listen` is `ORDERS_API_LISTEN`), and the flag wins.
struct Configuration: Sendable, Equatable {
  enum Mode: String, Sendable { case sequence, uuidv7, snowflake }

  var address = "127.0.0.1"
  var port: UInt16 = 5001
  var node = "orders-api"
  /// A libpq connection string; several hosts are separated by commas as libpq has it.
  var database = "host=127.0.0.1 user=postgres dbname=postgres"
  var ids = Mode.sequence
  var nodeBits: UInt64 = 0
  /// Unix milliseconds; 2025-01-01T00:00:00Z.
  var epoch: UInt64 = 1_735_689_600_000
  /// From a request's arrival to its answer, at the latest.
  var timeout = Duration.milliseconds(800)
  var connections = 16

  static let usage = """
    usage: orders-api [--listen ADDRESS:PORT] [--node NAME] [--database CONNINFO]
                      [--ids sequence|uuidv7|snowflake] [--node-bits 0...1023]
                      [--epoch UNIX-MILLISECONDS] [--timeout 800ms] [--connections 16]
                      [--version]
    """

  static let keys = [
    "listen", "node", "database", "ids", "node-bits", "epoch", "timeout", "connections",
  ]

  init() {}

  init(arguments: [String], environment: [String: String]) throws(ConfigurationError) {
    self.init()
    for key in Self.keys {
      if let value = environment[Self.variable(key)] { try set(key, value) }
    }
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      guard flag.hasPrefix("--"), Self.keys.contains(String(flag.dropFirst(2))) else {
        throw .init("unknown argument '\(flag)'\n\(Self.usage)")
      }
      guard let value = rest.popFirst() else { throw .init("\(flag) needs a value") }
      try set(String(flag.dropFirst(2)), value)
    }
  }

  /// The environment variable that stands for a flag.
  static func variable(_ key: String) -> String {
    "ORDERS_API_" + key.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  private mutating func set(_ key: String, _ value: String) throws(ConfigurationError) {
    switch key {
    case "listen": (address, port) = try Self.endpoint(value)
    case "node": node = value
    case "database": database = value
    case "ids": ids = try Self.read(key, value) { Mode(rawValue: $0) }
    case "node-bits":
      nodeBits = try Self.read(key, value) { UInt64($0).flatMap { $0 < 1024 ? $0 : nil } }
    case "epoch": epoch = try Self.read(key, value) { UInt64($0) }
    case "timeout": timeout = try Self.read(key, value) { Duration(text: $0) }
    default:
      connections = try Self.read(key, value) { Int($0).flatMap { 1...256 ~= $0 ? $0 : nil } }
    }
  }

  private static func endpoint(_ text: String) throws(ConfigurationError) -> (String, UInt16) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { throw .init("--listen needs ADDRESS:PORT, not '\(text)'") }
    return (String(text[..<colon]), port)
  }

  private static func read<T>(
    _ key: String, _ text: String, _ parse: (String) -> T?
  ) throws(ConfigurationError) -> T {
    guard let value = parse(text) else { throw .init("--\(key) cannot be '\(text)'") }
    return value
  }
}

/// What is wrong with the command line, in words for the person who typed it.
struct ConfigurationError: Error, Equatable {
  let message: String
  init(_ message: String) { self.message = message }
}
