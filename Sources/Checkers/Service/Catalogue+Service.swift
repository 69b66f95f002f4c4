import Checking

extension Catalogue {
  /// Checkers of the service as clients and observers saw it: outage, latency, ownership.
  static let service: [any Checker.Type] = [
    FailoverTime.self, Availability.self, Latency.self, Balanced.self, Recovers.self,
    SingleOwner.self, SingleLeader.self, Bounded.self, Settles.self, AddressReturns.self,
    Encrypted.self, Unreadable.self, Unreachable.self, SecretsKept.self, Forbidden.self,
    AsPredicted.self,
  ]
}
