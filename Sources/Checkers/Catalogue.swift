public import Checking
import Linearizability
import Transactions

/// Every checker, by the name that experiments and the command line use.
public enum Catalogue {
  public static let all: [any Checker.Type] = transactional + linearizability + data + service

  public static func checker(named name: String) -> (any Checker.Type)? {
    all.first { $0.name == name }
  }

  /// Checkers of transactional histories.
  static let transactional: [any Checker.Type] = [ListAppend.self, RWRegister.self]

  /// Checkers that search for an order of single operations.
  static let linearizability: [any Checker.Type] = [Linearizable.self]
}
