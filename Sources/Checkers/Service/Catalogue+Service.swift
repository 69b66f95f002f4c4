extension Catalogue {
  /// Checkers of the service as clients and observers saw it: outage, latency, ownership.
  static let service: [any Checker.Type] = []
}
