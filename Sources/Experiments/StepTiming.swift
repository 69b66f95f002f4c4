internal import Basics
internal import Faults
internal import YAML

/// When a step begins, and again and again where `every` says so.
///
/// `at` counts from the steady state, or from the end of the step that `after` names.
struct StepTiming {
  /// In order; never empty.
  let moments: [Duration]
  /// What is waited for from the moment on.
  let trigger: Step.Trigger?
  /// The place among the drafts of the step that it follows, where the end of that is only known
  /// while running.
  let leader: Int?
  /// How much later than planned it may come at most.
  let slack: Duration

  /// So many steps may one line come to.
  private static let most = 1000

  /// - Parameters:
  ///   - drafts: the steps above it.
  ///   - before: the place among them of the step before it in its lane; nil for the first.
  static func read(
    _ fields: inout Fields, after drafts: [MethodReader.Draft], inLaneAfter before: Int?,
    isInLane: Bool, _ conditions: ConditionReader
  ) -> StepTiming? {
    let problems = fields.problems.count
    let after = fields.take("after")
    let trigger = trigger(&fields, conditions)
    if after == nil, !isInLane, trigger == nil { _ = fields.require("at") }
    let isAlone = after == nil && !isInLane && fields.node["at"] == nil
    let above = trigger != nil && isAlone ? drafts.last?.step.at ?? .zero : .zero
    let offset = fields.duration("at") ?? above
    let named = after.map { place(of: $0, among: drafts, &fields) } ?? before
    let start = named.flatMap { end(of: drafts[$0].step, named: after, &fields) } ?? .zero
    let moments = repeated(from: start + offset, &fields)
    let leader = named.flatMap { drafts[$0].hasOpenEnd ? $0 : nil }
    if trigger != nil || leader != nil, moments.count > 1 {
      fields.refuse(
        "'every' needs a moment that is known beforehand", at: fields.node["every"]?.mark)
    }
    let late = leader.map { drafts[$0].step.longestDelay } ?? .zero
    guard fields.problems.count == problems else { return nil }
    return StepTiming(
      moments: moments, trigger: trigger, leader: leader, slack: late + (trigger?.within ?? .zero))
  }

  /// `when` with its deadline.
  private static func trigger(_ fields: inout Fields, _ conditions: ConditionReader) -> Step
    .Trigger?
  {
    let within = fields.duration("within")
    guard let node = fields.take("when") else {
      if within != nil {
        fields.refuse("'within' is about 'when'", at: fields.node["within"]?.mark)
      }
      return nil
    }
    if within == .zero {
      fields.refuse("'within' must not be zero", at: fields.node["within"]?.mark)
    }
    return conditions.read(node, of: "'when'", &fields.problems).map {
      Step.Trigger($0, within: within ?? .seconds(30))
    }
  }

  /// The place of the step of that id.
  private static func place(
    of node: YAMLNode, among drafts: [MethodReader.Draft], _ fields: inout Fields
  ) -> Int? {
    let name = node.text ?? ""
    let place = drafts.lastIndex { $0.step.label == name || $0.written == name }
    guard place == nil else { return place }
    let known = Set(drafts.flatMap { [$0.step.label, $0.written].compactMap(\.self) }).sorted()
    if known.isEmpty {
      fields.refuse("'after' names a step above it by its 'id', and none has one", at: node.mark)
    } else {
      fields.problems.append(.unknown("step", name, among: known, at: node.mark))
    }
    return nil
  }

  /// When the step is over as planned: healed, or for an operator's step carried out.
  private static func end(of step: Step, named node: YAMLNode?, _ fields: inout Fields) -> Duration?
  {
    if step.isAction || step.healing.time != nil { return step.end }
    let name = node?.text.map { "the step '\($0)'" } ?? "the step before it"
    fields.refuse("\(name) has no end of its own; give it a 'for'", at: node?.mark)
    return nil
  }

  /// `every` with either `until` or `times`.
  private static func repeated(from first: Duration, _ fields: inout Fields) -> [Duration] {
    let node = fields.node["every"]
    let every = fields.duration("every")
    let until = fields.take("until")
    let times = fields.count("times", 2...Int64(most))
    guard let node, let every else {
      if until != nil || times != nil {
        fields.refuse("'until' and 'times' are about 'every'", at: until?.mark)
      }
      return [first]
    }
    guard every > .zero else {
      fields.refuse("'every' must not be zero", at: node.mark)
      return [first]
    }
    guard (until == nil) != (fields.node["times"] == nil) else {
      fields.refuse("'every' needs either 'until' or 'times'", at: node.mark)
      return [first]
    }
    if let times { return (0..<times).map { first + every * $0 } }
    guard let until, let last = fields.duration("until") else { return [first] }
    let count = last < first ? 0 : (last - first).nanoseconds / every.nanoseconds + 1
    guard (1...Int64(most)).contains(count) else {
      fields.refuse(
        "'until' must not come before the first, nor after more than \(most) of them",
        at: until.mark)
      return [first]
    }
    return (0..<Int(count)).map { first + every * $0 }
  }
}

extension Step {
  /// How much later than planned its end may come.
  var longestDelay: Duration {
    slack + (isAction ? fault.rhythm?.within ?? .zero : .zero)
  }
}
