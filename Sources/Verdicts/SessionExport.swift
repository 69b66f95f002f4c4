import Basics
import Checkers
import Checking
public import Experiments
import Faults
public import Histories
import Stacks
public import YAML

/// What was done by hand to a stack, as an experiment that does the same again: times rounded to tenths of a
/// second, whom it was aimed at by what that was then, and the failovers that were seen as bounds, with room.
public struct SessionExport: Sendable {
  private let plan: Plan
  private let history: History
  private let steps: [Int: YAMLNode]

  /// - Parameters:
  ///   - plan: of a run by hand.
  ///   - history: what was seen of it.
  ///   - steps: what was asked for, by the numbers of the history's faults, as a method's step without times.
  public init(plan: Plan, history: History, steps: [Int: YAMLNode]) {
    self.plan = plan
    self.history = history
    self.steps = steps
  }

  /// The experiment's file.
  ///
  /// - Throws: what is wrong with the text that the plan was made of.
  public func text() throws(Problem) -> String {
    let root = try YAMLNode.parse(text: plan.origin.sources[plan.file] ?? "", file: plan.file)
    let scalar = { (text: String) in YAMLNode(.scalar(text, isPlain: true), at: root.mark) }
    func entry(_ key: String, _ value: YAMLNode) -> YAMLNode.Entry {
      YAMLNode.Entry(key: key, mark: root.mark, value: value)
    }
    let wasHalted = remarks.contains { $0.contains("as 'abort-when' says") }
    var entries = (root.entries ?? []).filter {
      !["title", "invariants", "with"].contains($0.key) && !(wasHalted && $0.key == "abort-when")
    }
    entries.insert(entry("title", scalar(title(root))), at: 0)
    let parameters = parameters(root["with"], entry)
    if !parameters.isEmpty {
      entries.append(entry("with", YAMLNode(.mapping(parameters), at: root.mark)))
    }
    let timed = timed
    let moves = timed.map { YAMLNode(.mapping($0.entries(scalar)), at: root.mark) }
    if !moves.isEmpty { entries.append(entry("method", YAMLNode(.sequence(moves), at: root.mark))) }
    let invariants = (root["invariants"]?.elements ?? []) + bounds(timed)
    if !invariants.isEmpty {
      entries.append(entry("invariants", YAMLNode(.sequence(invariants), at: root.mark)))
    }
    let comments = comments(timed).map { "# \($0)\n" }.joined()
    return comments + YAMLNode(.mapping(entries), at: root.mark).written
  }

  private func title(_ root: YAMLNode) -> String {
    let title = root["title"]?.text ?? plan.title
    return title.hasPrefix("By hand: ") ? "Done by hand: " + title.dropFirst(9) : title
  }

  /// The experiment's parameters and those of the command line, but no secrets.
  private func parameters(
    _ written: YAMLNode?, _ entry: (String, YAMLNode) -> YAMLNode.Entry
  ) -> [YAMLNode.Entry] {
    let secrets = Set(plan.stack.parameters.filter(\.isSecret).map(\.name))
    let set = plan.origin.set.filter { !secrets.contains($0.key) }
    let kept = (written?.entries ?? []).filter { one in !set.contains { $0.key == one.key } }
    return kept
      + set.map {
        entry($0.key, YAMLNode(.scalar($0.text, isPlain: true), at: Mark(file: plan.file)))
      }
  }

  private func comments(_ timed: [TimedStep]) -> [String] {
    let secrets = plan.stack.parameters.filter(\.isSecret).map(\.name).sorted()
    let left = history.faults.filter { mark in
      steps[mark.id] != nil && !timed.contains { $0.mark.id == mark.id }
    }
    return [
      "What was done by hand on \(plan.stack.title), as an experiment (faultline session export)."
    ]
      + (secrets.isEmpty
        ? [] : ["Secrets are not in it; give them with --set: \(secrets.joined(separator: ", "))."])
      + (plan.claimsNothing
        ? ["There was no traffic, so nothing can be judged: give it workloads."] : [])
      + left.map { "Left out, for it was not seen to have taken effect: \($0.summary)" }
      + remarks
  }

  /// What was noted, with its time.
  private var remarks: [String] {
    guard let origin = history.began(.method) else { return [] }
    return history.observations.compactMap { seen in
      guard case .note(about: "", let text) = seen.fact, seen.time >= origin else { return nil }
      return "At \(origin.duration(to: seen.time).tenths.text): \(text)"
    }
  }
}

/// The method.
extension SessionExport {
  /// A step that was done, and when.
  private struct TimedStep {
    let mark: FaultMark
    /// As it was said.
    let step: YAMLNode
    /// The same, aimed at what its target was then.
    var meant: YAMLNode
    let at: Duration
    /// Nil where it says nothing of how long it lasts.
    var length: Duration?
    /// The number that a planner gives it.
    var number = 0

    /// Whether both are active at some moment, as far as is known.
    func meets(_ other: TimedStep) -> Bool {
      func end(_ step: TimedStep) -> Duration? { step.length.map { step.at + $0 } }
      return at <= end(other) ?? at && other.at <= end(self) ?? other.at
    }

    func entries(_ scalar: (String) -> YAMLNode) -> [YAMLNode.Entry] {
      func entry(_ key: String, _ text: String) -> YAMLNode.Entry {
        YAMLNode.Entry(key: key, mark: step.mark, value: scalar(text))
      }
      let words = (meant.entries ?? []).filter { $0.key != "for" }
      return [entry("at", at.text)] + words + (length.map { [entry("for", $0.text)] } ?? [])
    }
  }

  /// In the order of time; only what was seen to have taken effect.
  private var timed: [TimedStep] {
    guard let origin = history.began(.method) else { return [] }
    let targets = SessionTargets(history: history)
    var timed: [TimedStep] = []
    for mark in history.faults.sorted(by: { ($0.injected, $0.id) < ($1.injected, $1.id) }) {
      guard mark.confirmed != nil, let step = steps[mark.id] else { continue }
      let at = origin.duration(to: mark.injected).tenths
      let healsAtOnce = FaultCatalogue.faults.first { $0.name == mark.name }?.healsAtOnce ?? false
      var length: Duration?
      if let healed = mark.healed, !(healsAtOnce && step["for"] == nil) {
        length = max(.milliseconds(100), origin.duration(to: healed).tenths - at)
      }
      // What was undone and done again by hand while it was held, is held until then.
      for index in timed.indices where timed[index].step.isSame(as: step) {
        guard let held = timed[index].length, timed[index].at + held > at else { continue }
        timed[index].length = max(.milliseconds(100), at - timed[index].at)
      }
      let meant = targets.meant(step, at: mark.injected)
      timed.append(TimedStep(mark: mark, step: step, meant: meant, at: at, length: length))
    }
    for index in timed.indices { timed[index].number = index + 1 }
    // Two that would strike the same at the same time stay as they were said.
    let alike = timed.indices.filter { index in
      timed.contains {
        $0.number != index + 1 && $0.meant.isSame(as: timed[index].meant) && $0.meets(timed[index])
      }
    }
    for index in alike { timed[index].meant = timed[index].step }
    return timed
  }
}

/// What was seen, as bounds.
extension SessionExport {
  /// An invariant for each workload and fault of which an outage was seen, where the session itself keeps it.
  private func bounds(_ timed: [TimedStep]) -> [YAMLNode] {
    plan.workloads.flatMap { workload in
      timed.filter { !$0.mark.isAction }.compactMap { bound($0, of: workload.name) }
    }
  }

  private func bound(_ step: TimedStep, of workload: String) -> YAMLNode? {
    let judged = history.of(workload: workload)
    var settings = Settings.none
    settings["fault"] = .list([.integer(Int64(step.mark.id))])
    guard let seen = judge(judged, settings), case .array(let faults)? = seen["faults"],
      let fault = faults.first, case .number(let milliseconds)? = fault["sustained-good"]?.asNumber
    else { return nil }
    let room = Duration.milliseconds(Int64(2 * milliseconds) + 1000).halves
    let isCured = fault["curedByHeal"] == .bool(true)
    settings["sustained-good"] = .duration(room)
    if isCured { settings["recovers-alone"] = .flag(false) }
    guard isKept(judged, settings) else { return nil }
    let words = isCured ? ", recovers-alone: false" : ""
    let text =
      "{failover-time: {name: \(workload)-after-\(step.number), workload: \(workload), fault: \(step.number), "
      + "sustained-good: \(room.text)\(words)}}"
    return try? YAMLNode.parse(text: text, file: plan.file)
  }

  /// What the checker says of one fault.
  private func judge(_ history: History, _ settings: Settings) -> JSON? {
    guard let checker = try? FailoverTime(settings) else { return nil }
    return checker.judge(history, within: .unlimited).figures
  }

  private func isKept(_ history: History, _ settings: Settings) -> Bool {
    (try? FailoverTime(settings))?.judge(history, within: .unlimited).verdict == .valid
  }
}

extension JSON {
  /// A number, whole or not.
  fileprivate var asNumber: JSON? {
    switch self {
    case .integer(let whole): .number(Double(whole))
    case .number: self
    default: nil
    }
  }
}

extension YAMLNode {
  /// Whether it does the same to the same, however long.
  fileprivate func isSame(as other: YAMLNode) -> Bool {
    func rest(_ node: YAMLNode) -> [String] {
      (node.entries ?? []).filter { $0.key != "for" }.map { "\($0.key) \($0.value.flowText)" }
    }
    return rest(self) == rest(other)
  }
}

extension Duration {
  /// Rounded to tenths of a second.
  fileprivate var tenths: Duration {
    .milliseconds(Int64((milliseconds / 100).rounded()) * 100)
  }

  /// The next half second.
  fileprivate var halves: Duration { .milliseconds(Int64((milliseconds / 500).rounded(.up)) * 500) }
}
