internal import Basics
internal import Faults
internal import YAML

/// When a step begins, and again and again where `every` says so.
///
/// `at` counts from the steady state, or from the end of the step that `after` names.
struct StepTiming {
  /// In order; never empty.
  let moments: [Duration]

  /// So many steps may one line come to.
  private static let most = 1000

  /// - Parameter drafts: the steps above it.
  static func read(_ fields: inout Fields, after drafts: [MethodReader.Draft]) -> StepTiming? {
    let before = fields.problems.count
    let after = fields.take("after")
    if after == nil { _ = fields.require("at") }
    let offset = fields.duration("at") ?? .zero
    let start = after.map { end(of: $0, among: drafts, &fields) } ?? .zero
    let first = (start ?? .zero) + offset
    let moments = repeated(from: first, &fields)
    return fields.problems.count == before ? StepTiming(moments: moments) : nil
  }

  /// When the step of that id is over: healed, or for an operator's step carried out.
  private static func end(
    of node: YAMLNode, among drafts: [MethodReader.Draft], _ fields: inout Fields
  ) -> Duration? {
    let name = node.text ?? ""
    let named = drafts.last { $0.step.label == name || $0.written == name }
    guard let step = named?.step else {
      let known = Set(drafts.flatMap { [$0.step.label, $0.written].compactMap(\.self) }).sorted()
      if known.isEmpty {
        fields.refuse("'after' names a step above it by its 'id', and none has one", at: node.mark)
      } else {
        fields.problems.append(.unknown("step", name, among: known, at: node.mark))
      }
      return nil
    }
    if step.isAction { return step.at }
    guard let end = step.healing.time else {
      fields.refuse("the step '\(name)' has no end of its own; give it a 'for'", at: node.mark)
      return nil
    }
    return end
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
  /// The same so much later.
  func starting(at start: Duration) -> Step {
    var step = self
    step.at = at + start
    if case .at(let end) = healing { step.healing = .at(end + start) }
    return step
  }
}
