/// Every checker, by the name that experiments and the command line use.
public enum Catalogue {
  public static let all: [any Checker.Type] = transactional + linearizability + data + service

  public static func checker(named name: String) -> (any Checker.Type)? {
    all.first { $0.name == name }
  }
}
