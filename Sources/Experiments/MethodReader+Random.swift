internal import Basics
internal import Faults
internal import YAML

extension MethodReader {
  private static var mostDrawn: Int { 1000 }

  /// Steps that are drawn from the seed: `{random: {at: 2s, until: 60s, gap: [1s, 5s], at-most: 2, faults: […]}}`.
  ///
  /// Another begins a random gap after the one before it, as long as fewer than `at-most` are active; one that is
  /// active already on the same target is not drawn again.
  mutating func draw(_ node: YAMLNode, _ chance: Chance) {
    var outer = Fields(node, of: "a step")
    guard let inner = outer.take("random") else { return }
    outer.finish(into: &problems)
    var fields = Fields(inner, of: "'random'")
    let start = fields.duration("at") ?? .zero
    _ = fields.require("until")
    let end = fields.duration("until") ?? .zero
    let gap = gap(&fields)
    let most = fields.count("at-most", 1...64) ?? 1
    let choices = fields.list("faults").compactMap { choice($0, &fields) }
    if fields.node["until"] != nil, end <= start {
      fields.refuse("'until' must come after 'at'", at: fields.node["until"]?.mark)
    }
    if choices.isEmpty, fields.problems.isEmpty {
      fields.refuse("'random' needs 'faults', of which it draws", at: inner.mark)
    }
    let isRight = fields.problems.isEmpty
    fields.finish(into: &problems)
    guard isRight, let gap else { return }
    draw(choices, from: start, until: end, gap, atMost: most, at: inner.mark, chance)
  }

  private struct Choice {
    let step: Step
    let weight: Int
    let mark: Mark
  }

  private func gap(_ fields: inout Fields) -> ClosedRange<Duration>? {
    guard let node = fields.take("gap") else { return .seconds(1)...(.seconds(5)) }
    let ends = (node.elements ?? [node]).map { $0.text.flatMap { Duration(text: $0) } }
    guard (1...2).contains(ends.count), let least = ends[0], let most = ends[ends.count - 1],
      least >= .milliseconds(1), least <= most
    else {
      fields.refuse(
        "'gap' is a time from 1ms on, or the least and the most: [1s, 5s]", at: node.mark)
      return nil
    }
    return least...most
  }

  private mutating func choice(_ node: YAMLNode, _ fields: inout Fields) -> Choice? {
    var inner = Fields(node, of: "a fault of 'random'")
    let weight = inner.count("weight", 1...1000) ?? 1
    let step = template(&inner)
    if let step, !step.isAction, step.healing.time == nil {
      inner.refuse("a fault of 'random' needs 'for'")
    }
    if step?.label != nil { inner.refuse("steps that are drawn have no 'id'") }
    inner.finish(into: &fields.problems)
    return step.map { Choice(step: $0, weight: weight, mark: node.mark) }
  }

  private mutating func draw(
    _ choices: [Choice], from start: Duration, until end: Duration, _ gap: ClosedRange<Duration>,
    atMost most: Int, at mark: Mark, _ chance: Chance
  ) {
    var chance = chance
    var now = start
    var drawn: [Draft] = []
    while drawn.count < Self.mostDrawn {
      let ends = drawn.compactMap(\.step.healing.time).filter { $0 > now }.sorted()
      // Where all places are taken, the next becomes free with the first that ends.
      if ends.count >= most { now = ends[ends.count - most] }
      now += gap.drawn(&chance)
      let free = choices.filter { choice in
        let draft = Draft(step: choice.step.starting(at: now), mark: choice.mark)
        return overlap(draft) == nil
          && (choice.step.isAction || drawn.count { ($0.step.healing.time ?? .zero) > now } < most)
      }
      guard now < end else { return }
      guard !free.isEmpty else { continue }
      let draft = Draft(
        step: Self.pick(free, &chance).step.starting(at: now), mark: mark)
      drawn.append(draft)
      add(draft)
    }
    problems.append(Problem(mark, "'random' would draw more than \(Self.mostDrawn) steps"))
  }

  /// One by its weight.
  private static func pick(_ choices: [Choice], _ chance: inout Chance) -> Choice {
    var rest = chance.below(choices.reduce(0) { $0 + $1.weight })
    for choice in choices {
      if rest < choice.weight { return choice }
      rest -= choice.weight
    }
    return choices[0]
  }
}

extension ClosedRange<Duration> {
  fileprivate func drawn(_ chance: inout Chance) -> Duration {
    let span = UInt64((upperBound - lowerBound).nanoseconds) + 1
    return lowerBound + .nanoseconds(Int64(chance.next() % span))
  }
}
