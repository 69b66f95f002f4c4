import FoundationEssentials
import Glibc
import ServiceGround

/// Keeps a platform's policies in a replicated store, and serves them to policy engines as bundles.
@main struct ConfigurationService {
  static let version = "1.0"

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--version"] {
      print("configuration-service \(version)")
      return
    }
    do throws(ConfigurationError) {
      try serve(
        ConfigurationSettings(
          arguments: arguments, environment: ConfigurationSettings.flags.environment))
    } catch {
      ServiceLog.write(error.message)
      exit(2)
    }
  }

  /// Serves until SIGTERM or SIGINT.
  private static func serve(_ settings: ConfigurationSettings) throws(ConfigurationError) {
    let endings = Endings()
    let routes = try routes(settings)
    // Larger bodies than any policy are not even read.
    let limits = HTTPServer.Limits(
      bodyBytes: PolicyCheck.largestRego + PolicyCheck.largestData, connections: 512,
      idleSeconds: 10)
    let server = HTTPServer(
      node: settings.node, limits: limits, queryNames: ["prefix"],
      headerNames: ConfigurationRoutes.headerNames
    ) { routes.answer($0) }
    try server.start(address: settings.address, port: settings.port)
    if settings.audit == .outbox { Background.run { routes.post.run() } }
    ServiceLog.write("serving on \(settings.address):\(settings.port)")

    endings.wait()
    server.stop()
  }

  static func routes(
    _ settings: ConfigurationSettings
  ) throws(ConfigurationError) -> ConfigurationRoutes {
    guard let text = try? String(contentsOfFile: settings.platform, encoding: .utf8) else {
      throw .init("--platform: '\(settings.platform)' cannot be read")
    }
    let store = KeyValues(members: settings.store)
    let book = PolicyBook(store: store, settings: settings)
    return ConfigurationRoutes(
      book: book,
      shelf: BundleShelf(
        book: book, platform: text, key: settings.bundleKey, moods: settings.moods),
      post: AuditPost(store: store, documents: settings.documents),
      check: PolicyCheck(engines: settings.engines), settings: settings)
  }
}
