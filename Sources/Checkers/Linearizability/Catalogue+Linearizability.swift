extension Catalogue {
  /// Checkers that search for an order of single operations.
  static let linearizability: [any Checker.Type] = [Linearizable.self]
}
