import ServiceGround

/// A replica with everything around it, from its start to its end.
struct RunningStore {
  private let http: HTTPServer
  private let lines: LineListener
  private let notified: String
  private let end: @Sendable () -> Void

  /// Who answers calls, and how he is ended.
  typealias Replica = (handler: any CallHandler, end: @Sendable () -> Void)

  /// - Throws: why it does not start; nothing is left running that a caller would have to end but the program itself.
  init(_ settings: StoreSettings, _ replica: Replica) throws(ConfigurationError) {
    let handler = replica.handler
    end = replica.end
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

  /// The replica with what is on its disk.
  static func replica(_ settings: StoreSettings) throws(StoreError) -> Replica {
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
