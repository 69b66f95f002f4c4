extension Catalogue {
  /// Checkers of transactional histories.
  static let transactional: [any Checker.Type] = [ListAppend.self, RWRegister.self]
}
