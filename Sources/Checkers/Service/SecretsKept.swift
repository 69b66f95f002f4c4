public import Basics
public import Checking
public import Histories

/// No secret of the stack stands in what its servers said.
///
/// Every log of the run is searched, when all servers have ended, for the value of each parameter of kind
/// `secret`, as it is, and for `words`: how keys begin that servers make while they run. A secret that is written
/// in another way (in base64, say) is not found. A log that was cut because it grew without end, or that could not
/// be read, leaves the verdict unknown, as long as nothing was found.
public struct SecretsKept: Checker {
  public static let name = "secrets-kept"
  public static let summary = "No secret of the stack stands in a server's log."
  public static let schema = Schema([
    .init(
      "words", .list(of: .text),
      "What no server may say besides the stack's secrets, each of at least 4 bytes; without it, those only."
    )
  ])
  public static let unasked = Unasked.secrets

  public var isExcusedByFaults: Bool { false }

  public var feed: Feed { .observations }

  let words: [String]

  public var looksFor: [String] { words }

  public init(_ settings: Settings) throws(SettingsError) {
    words = settings.texts("words") ?? []
    if let short = words.first(where: { $0.utf8.count < 4 }) {
      throw SettingsError("words", "'\(short)' is too short: it could stand there by chance")
    }
  }

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
    for word in words where !looks.contains(where: { $0.secret == word }) {
      judgement.doubt("No log was searched for '\(word)'.")
    }
    for look in looks where !look.isWhole {
      judgement.doubt("A part of what \(look.instance) said was dropped, or could not be read.")
    }
    let (logs, secrets) = (Set(looks.map(\.instance)).count, Set(looks.map(\.secret)).count)
    return judgement.finding(
      of: Self.self,
      held: "\(Wording.count(secrets, "secret")) in none of \(Wording.count(logs, "log"))",
      operations: history.operations.count,
      figures: [.init("logs", .integer(logs)), .init("secrets", .integer(secrets))])
  }
}
