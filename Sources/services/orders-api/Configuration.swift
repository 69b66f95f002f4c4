import Basics
import ServiceGround

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

  static let flags = ServiceFlags(
    of: "orders-api",
    [
      "listen", "node", "database", "ids", "node-bits", "epoch", "timeout", "connections",
    ], usage: usage)

  init() {}

  init(arguments: [String], environment: [String: String]) throws(ConfigurationError) {
    self.init()
    for (name, value) in try Self.flags.read(arguments, environment: environment) {
      try set(name, value)
    }
  }

  private mutating func set(_ key: String, _ value: String) throws(ConfigurationError) {
    switch key {
    case "listen": (address, port) = try ServiceFlags.place(of: key, value)
    case "node": node = value
    case "database": database = value
    case "ids": ids = try ServiceFlags.value(of: key, value) { Mode(rawValue: $0) }
    case "node-bits":
      nodeBits = try ServiceFlags.value(of: key, value) {
        UInt64($0).flatMap { $0 < 1024 ? $0 : nil }
      }
    case "epoch": epoch = try ServiceFlags.value(of: key, value) { UInt64($0) }
    case "timeout": timeout = try ServiceFlags.value(of: key, value) { Duration(text: $0) }
    default:
      connections = try ServiceFlags.value(of: key, value) {
        Int($0).flatMap { 1...256 ~= $0 ? $0 : nil }
      }
    }
  }
}
