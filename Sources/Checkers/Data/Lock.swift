public import Checking
public import Basics
public import Histories

/// A lock is held by one process at a time, and its fencing tokens go up.
///
/// Operations are `acquire` (completed, where there is one, with a fencing token, a whole number) and `release`.
/// A process certainly holds a lock from the acknowledgement of its acquire until it calls release, unless that
/// certainly did not happen; with `lease` at most so long after it called acquire, for the lock may have been its own
/// since then. An acquire of unknown outcome holds nothing. A release by a process that never got the lock
/// ends whatever hold there is. Fencing tokens are those of Kleppmann ("How to do distributed locking",
/// 2016): an acquire that began after another was acknowledged has a greater token, and no token is given
/// twice. Where every acquire completes with the same number, that may be no token: `fencing` has to say.
public struct Lock: Checker {
  public static let name = "lock"
  public static let summary = "Never two processes hold a lock at once; fencing tokens go up."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "lease", .duration,
      "How long after it was acquired a lock may be free again unreleased; without it, never."),
    .init(
      "fencing", .choice(["auto", "required", "ignored"]),
      "Whether tokens are judged: where there are any that differ, in any case, or not at all.",
      default: "auto"),
  ])

  let lease: Duration?
  let fencing: String

  public static let unasked = Unasked.whereFed

  public var feed: Feed { .functions([[.init("acquire"), .init("release")]]) }

  public init(_ settings: Settings) throws(SettingsError) {
    lease = settings.duration("lease")
    fencing = settings.text("fencing") ?? "auto"
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    if lease != nil && !history.hasTimes {
      return Self.nothingToJudge("The history records an order but no times, which a lease needs.")
    }
    let groups = history.byKey(["acquire", "release"])
    var judgement = Judgement()
    var holds = HoldScan(history, lease: lease)
    var tokens = TokenScan(history, isRequired: fencing == "required")
    for group in groups where !judgement.isSpent(budget) {
      holds.run(group, &judgement)
      if fencing != "ignored" { tokens.run(group, &judgement) }
    }
    tokens.judgeConstant(&judgement)
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard holds.acquired > 0 else {
      return Self.nothingToJudge("No lock was acquired.", operations: operations)
    }
    if holds.contested == 0 {
      judgement.doubt("Nobody asked for a lock while another process had it.")
    }
    if fencing == "required", tokens.count < holds.acquired {
      judgement.doubt(
        "\(Wording.count(holds.acquired - tokens.count, "acquire")) completed without a token.")
    }
    return judgement.finding(
      of: Self.self, held: held(holds, tokens), operations: operations,
      figures: [
        .init("acquired", .integer(holds.acquired)), .init("contested", .integer(holds.contested)),
        .init("unknown", .integer(holds.unknown)), .init("tokens", .integer(tokens.count)),
        .init("twoHolders", .integer(holds.broken)), .init("badTokens", .integer(tokens.broken)),
      ])
  }

  private func held(_ holds: HoldScan, _ tokens: TokenScan) -> String {
    let rising =
      tokens.count == 0
      ? "no fencing tokens were judged" : "\(Wording.count(tokens.count, "token")) went up"
    return "\(Wording.count(holds.acquired, "acquire")) were each the only hold, \(rising)"
  }
}
