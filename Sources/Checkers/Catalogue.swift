public import Checking
import Linearizability
import Transactions

/// Every checker, by the name that experiments and the command line use.
public enum Catalogue {
  /// In the order that lists show: of transactions, of single operations, of data, of the service.
  public static let all: [any Checker.Type] = transactional + linearizability + data + service

  /// The checker of exactly that name; nil when there is none.
  public static func checker(named name: String) -> (any Checker.Type)? {
    all.first { $0.name == name }
  }

  /// Checkers of transactional histories.
  static let transactional: [any Checker.Type] = [ListAppend.self, RWRegister.self]

  /// Checkers that search for an order of single operations.
  static let linearizability: [any Checker.Type] = [Linearizable.self]
}
