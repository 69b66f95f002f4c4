import Checking

extension Catalogue {
  /// Checkers of what became of the data: sets, queues, counters, IDs, sessions.
  static let data: [any Checker.Type] = [
    SetChecker.self, SetFull.self, NoLostWrites.self, UniqueIDs.self, Counter.self,
    TotalQueue.self, Messages.self, Lock.self, Timers.self, Bank.self, LongFork.self,
    CausalReverse.self, LostUpdate.self, Monotonic.self,
    ReadYourWrites.self, MonotonicReads.self, MonotonicWrites.self, WritesFollowReads.self,
    Staleness.self, Converges.self,
  ]
}
