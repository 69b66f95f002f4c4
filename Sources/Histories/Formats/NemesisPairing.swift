internal import Basics

/// Makes fault marks of a nemesis' events.
///
/// Each of its operations shows as two events of one function, both `:info`: begun and done.
/// A fault is confirmed when its operation was done without an error. The first operation that heals closes all
/// faults it can heal, so overlapping starts end together.
struct NemesisPairing: Sendable {
  private var marks: [FaultMark] = []
  private var open: [Int] = []
  /// Per nemesis: the operation that has begun but is not done.
  private var inFlight: [Value: Begun] = [:]

  private struct Begun {
    let function: String
    /// The marks it injected, or the ones it heals.
    let marks: [Int]
    let isHealing: Bool
  }

  /// Takes an event of one nemesis.
  mutating func take(
    _ nemesis: Value, _ function: String, _ value: Value, _ error: Value, at time: Instant,
    _ values: Values
  ) {
    guard let begun = inFlight.removeValue(forKey: nemesis), begun.function == function else {
      inFlight[nemesis] = begin(function, value, at: time, values)
      return
    }
    if error.isNone {
      finish(begun, value, at: time, values)
    } else if !begun.isHealing {
      for mark in begun.marks {
        marks[mark].confirmation = "the nemesis failed: " + values.describe(error)
      }
    }
  }

  private mutating func begin(
    _ function: String, _ value: Value, at time: Instant, _ values: Values
  ) -> Begun {
    let healed = open.filter { NemesisWords.heals(function, marks[$0].name) }
    if !healed.isEmpty {
      for mark in healed { marks[mark].healed = time }
      open.removeAll { healed.contains($0) }
      return Begun(function: function, marks: healed, isHealing: true)
    }
    var mark = FaultMark(
      id: marks.count + 1, name: function, summary: summary(function, value, values),
      targets: NemesisPairing.targets(value, values), injected: time)
    mark.isAction = NemesisWords.isAction(function)
    marks.append(mark)
    if !mark.isAction { open.append(marks.count - 1) }
    return Begun(function: function, marks: [marks.count - 1], isHealing: false)
  }

  private mutating func finish(
    _ begun: Begun, _ value: Value, at time: Instant, _ values: Values
  ) {
    for mark in begun.marks {
      if begun.isHealing {
        marks[mark].healConfirmed = time
        continue
      }
      marks[mark].confirmed = time
      marks[mark].confirmation = "the nemesis reported " + values.describe(value)
      let targets = NemesisPairing.targets(value, values)
      if !targets.isEmpty { marks[mark].targets = targets }
    }
  }

  private func summary(_ function: String, _ value: Value, _ values: Values) -> String {
    value.isNone ? function : function + " " + values.describe(value)
  }

  /// The names in a list of names, or those that a map speaks about.
  private static func targets(_ value: Value, _ values: Values) -> [FaultMark.Target] {
    names(value, values).map { .init(text: $0) }
  }

  private static func names(_ value: Value, _ values: Values) -> [String] {
    if let elements = values.elements(value) { return elements.compactMap { values.text($0) } }
    guard let pairs = values.pairs(value) else { return [] }
    return stride(from: pairs.startIndex, to: pairs.endIndex, by: 2)
      .compactMap { values.text(pairs[$0]) }
  }

  func finish() -> [FaultMark] { marks }
}
