extension Catalogue {
  /// Checkers of what became of the data: sets, queues, counters, IDs, sessions.
  static let data: [any Checker.Type] = [
    SetChecker.self, NoLostWrites.self, UniqueIDs.self,
  ]
}
