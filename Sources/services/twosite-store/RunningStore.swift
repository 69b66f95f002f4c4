import ServiceGround

/// A replica with everything around it, from its start to its end.
struct RunningStore {
  private let http: HTTPServer
  private let lines: LineListener
  private let notified: String
  private let end: @Sendable () -> Void

  /// - Throws: why it does not start; nothing is left running that a caller would have to end but the program itself.
  init(_ settings: StoreSettings) throws(ConfigurationError) {
    let handler: any CallHandler
    do throws(StoreError) { (handler, end) = try Self.handler(settings) } catch {
      throw ConfigurationError(error.description)
    }
    let name = settings.membership.name
    notified = settings.notified
    if !notified.isEmpty {
      Background.run {
        RoleNotice(settings.membership) { RoleNotice.run(settings.notified, $0) }.watch(handler)
      }
    }
    let routes = HTTPRoutes(name: name, handler: handler, patience: settings.timeout)
    http = HTTPServer(node: name, limits: .init(bodyBytes: 1 << 20), queryNames: []) {
      routes.answer($0)
    }
    try http.start(address: settings.listen.address, port: settings.listen.port)
    lines = try LineListener(address: settings.line.address, port: settings.line.port)
    let service = LineService(name: name, handler: handler, patience: settings.timeout)
    lines.start { service.serve($0) }
  }

  private static func handler(
    _ settings: StoreSettings
  ) throws(StoreError) -> (any CallHandler, @Sendable () -> Void) {
    if settings.mode == .leaderless {
      let replica = try makeKeyedReplica(settings.membership)
      return (KeyedStore(replica, settings.membership), { replica.stop() })
    }
    let replica = try makeReplica(settings.mode, settings.membership, StoreMachine.self)
    let store = Store(replica, settings.membership)
    let handler: any CallHandler =
      settings.passesOn
      ? PassingOn(store, settings.membership, linePort: settings.line.port) : store
    if settings.membership.name != settings.membership.witness {
      Background.run { TimerKeeper(store).keep() }
    }
    return (handler, { replica.stop() })
  }

  /// Ends it in good order: calls that are under way over HTTP are answered first.
  func stop() {
    lines.stop()
    http.stop()
    end()
    if !notified.isEmpty { RoleNotice.run(notified, .recovering) }
  }
}
