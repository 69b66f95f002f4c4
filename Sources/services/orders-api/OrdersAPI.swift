import Glibc
import ServiceGround

/// A small service with a database behind it: orders that are added exactly once, and IDs.
@main struct OrdersAPI {
  static let version = "1.0"

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--version"] {
      print("orders-api \(version)")
      return
    }
    do throws(ConfigurationError) {
      try serve(Configuration(arguments: arguments, environment: Configuration.flags.environment))
    } catch {
      Log.write(error.message)
      exit(2)
    }
  }

  /// Serves until SIGTERM or SIGINT.
  private static func serve(_ configuration: Configuration) throws(ConfigurationError) {
    let endings = Endings()
    let pool = Pool(try Connector(configuration.database), limit: configuration.connections)
    let health = Health()
    let routes = Routes(
      orders: Orders(pool: pool, node: configuration.node), ids: source(configuration),
      health: health, timeout: configuration.timeout)
    let server = HTTPServer(node: configuration.node, queryNames: ["replica", "of"]) {
      routes.answer($0)
    }
    try server.start(address: configuration.address, port: configuration.port)
    Background.run { health.watch(pool) }
    Log.write("serving on \(configuration.address):\(configuration.port)")

    endings.wait()
    server.stop()
  }

  static func source(_ configuration: Configuration) -> IDSource {
    switch configuration.ids {
    case .sequence: .sequence
    case .uuidv7: .uuidv7(UUIDv7())
    case .snowflake:
      .snowflake(Snowflake(nodeBits: configuration.nodeBits, epoch: configuration.epoch))
    }
  }
}
