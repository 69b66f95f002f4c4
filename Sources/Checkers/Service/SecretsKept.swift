public import Basics
public import Checking
public import Histories

/// No secret of the stack stands in what its servers said.
///
/// Every log of the run is searched, when all servers have ended, for the value of each parameter of kind
/// `secret`, as it is. A secret that is written in another way (in base64, say) is not found. A log that was cut
/// because it grew without end leaves the verdict unknown, as long as nothing was found.
public struct SecretsKept: Checker {
  public static let name = "secrets-kept"
  public static let summary = "No secret of the stack stands in a server's log."
  public static let schema = Schema([])
  public static let unasked = Unasked.secrets

  public var feed: Feed { .observations }

  /// There is nothing to be set.
  public init(_ settings: Settings) {}

  public func check(_ history: History, within budget: Budget) -> Finding {
    let looks = history.observations.compactMap { seen -> Logged? in
      if case .logged(let logged) = seen.fact { logged } else { nil }
    }
    guard !looks.isEmpty else { return Self.nothingToJudge("No log was searched for a secret.") }
    var judgement = Judgement()
    for look in looks.filter({ $0.times > 0 }) {
      judgement.violated(
        "secret in a log",
        "'\(look.secret)' stands \(Wording.count(look.times, "time")) in what \(look.instance) said, first in "
          + "line \(look.line)", [])
    }
    for look in looks where !look.isWhole {
      judgement.doubt("A part of what \(look.instance) said was dropped.")
    }
    let (logs, secrets) = (Set(looks.map(\.instance)).count, Set(looks.map(\.secret)).count)
    return judgement.finding(
      of: Self.self,
      held: "\(Wording.count(secrets, "secret")) in none of \(Wording.count(logs, "log"))",
      operations: history.operations.count,
      figures: [.init("logs", .integer(logs)), .init("secrets", .integer(secrets))])
  }
}
