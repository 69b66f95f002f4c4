internal import Basics
internal import Workloads
internal import YAML

/// Reads the key `rate` of a workload: `50/s`, or a list of changes.
enum LoadReader {
  /// Operations a second: one in a quarter of an hour, and more than this machine sends.
  private static var rates: ClosedRange<Double> { 0.001...100_000 }
  private static var mostChanges: Int { 64 }

  static func read(_ fields: inout Fields) -> Load? {
    guard let node = fields.require("rate") else { return nil }
    guard let elements = node.elements else {
      return rate(node, &fields).map { Load($0) }
    }
    guard (1...mostChanges).contains(elements.count) else {
      fields.refuse("'rate' has 1 to \(mostChanges) changes", at: node.mark)
      return nil
    }
    let before = fields.problems.count
    var changes: [Load.Change] = []
    for element in elements {
      guard let change = change(element, &fields) else { continue }
      let isInOrder = changes.last.map { change.at > $0.at && change.at >= $0.at + $0.over }
      if isInOrder == false {
        fields.refuse("a change comes after the one before it is over", at: element.mark)
      }
      if changes.isEmpty, change.at != .zero || change.over != .zero {
        fields.refuse("the first change is at 0s, without 'over'", at: element.mark)
      }
      changes.append(change)
    }
    return fields.problems.count == before ? Load(changes) : nil
  }

  /// One rate as a person writes it; nil where it is none.
  static func rate(_ text: String) -> Load? {
    let node = YAMLNode(.scalar(text, isPlain: true), at: StepKeys.mark)
    var fields = Fields(node, of: "a rate")
    return rate(node, &fields).map { Load($0) }
  }

  /// `{at: 10s, rate: 200/s, over: 5s}`
  private static func change(_ node: YAMLNode, _ fields: inout Fields) -> Load.Change? {
    var inner = Fields(node, of: "a change of the rate")
    let at = inner.duration("at") ?? .zero
    let over = inner.duration("over") ?? .zero
    let rate = inner.require("rate").flatMap { self.rate($0, &inner) }
    inner.finish(into: &fields.problems)
    return rate.map { Load.Change(at: at, rate: $0, over: over) }
  }

  /// `50/s`, `600/m`, or a bare number for each second.
  private static func rate(_ node: YAMLNode, _ fields: inout Fields) -> Double? {
    let text = node.text ?? ""
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let units: [Substring: Double] = ["s": 1, "m": 60, "min": 60]
    let unit = parts.count == 1 ? 1 : parts.count == 2 ? units[parts[1]] : nil
    if let unit, let number = Double(parts[0]), rates.contains(number / unit) {
      return number / unit
    }
    fields.refuse(
      "'rate' must be a number of operations such as 50/s, from 0.001/s to 100000/s, not '\(text)'",
      at: node.mark)
    return nil
  }
}
