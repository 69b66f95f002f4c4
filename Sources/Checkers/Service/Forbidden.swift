public import Basics
public import Checking
public import Histories

/// What is forbidden is not allowed, not once.
///
/// Operations are `attempt`. One that completed ok was allowed: that is a violation, however many were refused. One
/// that the service declined was refused, as it must be. All else says nothing about what is allowed, only that
/// nobody was told.
public struct Forbidden: Checker {
  public static let name = "forbidden"
  public static let summary = "What is forbidden was refused each time, not once allowed."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "enough", .count(1...1_000_000_000), "How often it must have been refused, to say anything.",
      default: "10"),
  ])

  let enough: Int

  public static let unasked = Unasked.whereFed

  public var feed: Feed { .functions([[.init("attempt", argument: .scalar, result: .any)]]) }

  public init(_ settings: Settings) throws(SettingsError) {
    enough = settings.integer("enough") ?? 10
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let attempts = history.byKey(["attempt"]).flatMap(\.positions).sorted().map(Int.init)
    let allowed = attempts.filter { history.operations[$0].outcome == .ok }
    let refused = attempts.count { history.isDeclined(history.operations[$0]) }
    guard !attempts.isEmpty else {
      return Self.nothingToJudge("Nothing forbidden was attempted.", operations: 0)
    }
    var judgement = Judgement()
    if let first = allowed.first {
      judgement.violated(
        "allowed",
        "\(allowed.count) of \(Wording.count(attempts.count, "attempt")) at what is forbidden "
          + (allowed.count == 1 ? "was" : "were") + " allowed", [first])
      for other in allowed.dropFirst().prefix(Judgement.mostEvidence) {
        judgement.show("allowed", "another attempt was allowed", [other])
      }
    }
    if refused < enough {
      judgement.doubt(
        "Only \(Wording.count(refused, "attempt")) of \(attempts.count) "
          + (refused == 1 ? "was" : "were") + " refused in so many words, \(enough) are needed.")
    }
    return judgement.finding(
      of: Self.self,
      held: "\(refused) of \(Wording.count(attempts.count, "attempt")) were refused, none allowed",
      operations: attempts.count,
      figures: [
        .init("attempts", .integer(attempts.count)), .init("refused", .integer(refused)),
        .init("allowed", .integer(allowed.count)),
        .init("unanswered", .integer(attempts.count - refused - allowed.count)),
      ])
  }
}
