public import Checking
public import Basics
public import Histories

/// Some time after the last heal, all replicas (nodes) show the same.
///
/// Compared is the last successful `read` of every key at every node: of the final reads where
/// there are any, else of the reads that began after the last change was over. Reads that differ
/// prove nothing while the time after the heal is not over, nor where a change of unknown outcome
/// may have happened between them. Lists are compared as sets unless `ordered`.
public struct Converges: Checker {
  public static let name = "converges"
  public static let summary = "Some time after the last heal all replicas show the same."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "within", .duration, "The time after the last heal until it must be so.", default: "0s"),
    .init(
      "ordered", .flag, "Whether the order of a list's elements counts.", default: "false"),
  ])

  let within: Duration
  let isOrdered: Bool

  public var feed: Feed { .functions([[.init("read")]]) }

  public init(_ settings: Settings) throws(SettingsError) {
    within = settings.duration("within") ?? .zero
    isOrdered = settings.flag("ordered") ?? false
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    var judgement = Judgement()
    var states = ReplicaStates(history)
    guard states.readCount > 0 else {
      return Self.nothingToJudge("No read succeeded after the last change.")
    }
    for node in states.silent { judgement.doubt("No final read at \(node) succeeded.") }
    let faults = history.faults.filter { !$0.isAction }
    for fault in faults where fault.healed == nil {
      judgement.doubt("\(fault.title) was not healed.")
    }
    let deadline = faults.compactMap(\.over).max()
      .map { $0.advanced(by: within) }
    var compared = 0
    var differing: [Value] = []
    for key in states.keys.indices where !judgement.isSpent(budget) {
      guard states.reads[key].count > 1 else { continue }
      compared += 1
      let difference = states.difference(underKey: key, isOrdered: isOrdered)
      guard let difference else { continue }
      differing.append(states.keys[key])
      report(difference, states, key, deadline: deadline, history, &judgement)
    }
    guard compared > 0 else {
      return Self.nothingToJudge(
        "Only one replica was read, there is nothing to compare.", operations: states.readCount)
    }
    return judgement.finding(
      of: Self.self,
      held: "\(states.nodes.joined(separator: ", ")) show the same under "
        + "\(Wording.count(compared, "key"))",
      operations: states.readCount,
      figures: [
        .init("nodes", .strings(states.nodes)), .init("keys", .integer(compared)),
        .init("differing", .values(differing, of: history)),
      ])
  }

  private func report(
    _ difference: ReplicaStates.Difference, _ states: ReplicaStates, _ key: Int,
    deadline: Instant?, _ history: History, _ judgement: inout Judgement
  ) {
    let place =
      states.keys[key].isNone ? "" : " under key \(history.values.describe(states.keys[key]))"
    let nodes = difference.nodes.joined(separator: " and ")
    let sentence = "\(nodes) differ\(place): \(difference.words)"
    let isEarly =
      deadline.map { deadline in
        difference.operations.contains { history.operations[$0].invoked < deadline }
      } ?? false
    if isEarly && history.hasTimes {
      judgement.doubt(sentence + ", read before \(Wording.milliseconds(within)) after the heal")
    } else if difference.isExplained {
      judgement.doubt(sentence + ", which a change of unknown outcome may explain")
    } else {
      judgement.violated("different", sentence, difference.operations)
    }
  }
}
