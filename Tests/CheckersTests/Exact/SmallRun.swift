import Basics
import Checking
import Histories

/// When the operations of a small random run were in flight, and when each took effect.
struct SmallRun {
  struct Span {
    var process: Int
    var began: Double
    /// Nil where the run ended first.
    var ended: Double?
    var outcome: Histories.Operation.Outcome = .ok
    /// The moment at which it took effect; nil for never.
    var effect: Double?
  }

  /// In the order in which they began; no two events happen at one time.
  private(set) var spans: [Span] = []

  /// The spans that took effect, in that order.
  var effects: [Int] {
    spans.indices.filter { spans[$0].effect != nil }.sorted {
      (spans[$0].effect!, $0) < (spans[$1].effect!, $1)
    }
  }

  init(count: Int, _ chance: inout Chance) {
    let processes = 1 + chance.below(4)
    var flying: [Int: Int] = [:]
    var crashed = 0
    var clock = 0.0
    while spans.count < count || !flying.isEmpty {
      clock += 1
      let slot = chance.below(processes)
      if let place = flying.removeValue(forKey: slot) {
        end(place, at: clock, later: Double(2 * count), &chance)
        if spans[place].ended == nil {
          crashed += 1
          spans[place].process += processes * crashed
        }
      } else if spans.count < count {
        flying[slot] = spans.count
        spans.append(Span(process: slot, began: clock))
      }
    }
  }

  private mutating func end(
    _ place: Int, at now: Double, later: Double, _ chance: inout Chance
  ) {
    spans[place].ended = now
    switch chance.below(8) {
    case 0:
      spans[place].outcome = .info
      let moments = [nil, spans[place].began, now + 0.5 + Double(chance.below(Int(later)))]
      spans[place].effect = moments[chance.below(3)]
      if chance.roll(Ratio(0.3)) { spans[place].ended = nil }
    case 1: spans[place].outcome = .fail
    default: spans[place].effect = chance.roll(Ratio(0.5)) ? spans[place].began : now
    }
  }
}

/// An operation of a small run, as simple as an exact judge wants it.
struct SmallCall: CustomStringConvertible {
  enum Answer: Equatable {
    case nothing
    case one(Int)
    case list([Int])
  }

  var function: String
  var argument: Int?
  var answer = Answer.nothing
  var process: Int
  var began: Double
  /// When it was over; later than everything where it never was.
  var ended: Double
  var outcome: Histories.Operation.Outcome
  var node: String?
  var key: Int?
  var isFinal = false

  init(_ function: String, _ span: SmallRun.Span, argument: Int? = nil) {
    self.function = function
    self.argument = argument
    process = span.process
    began = span.began
    ended = span.ended ?? .infinity
    outcome = span.outcome
  }

  var description: String {
    let end = ended == .infinity ? "…" : "\(Int(ended))"
    let words = [argument.map { "\($0)" }, node, key.map { "key \($0)" }].compactMap(\.self)
    return "\n\(Int(began))-\(end) \(function)\(isFinal ? " at the end" : "") "
      + "\(words.joined(separator: " ")) -> \(outcome) \(answer)"
  }
}

extension HistorySketch {
  /// The same operations, each at the place that it has among the calls.
  init(_ calls: [SmallCall]) {
    self.init()
    for call in calls {
      let result: Sketched =
        switch call.answer {
        case .nothing: call.argument.map { .integer(Int64($0)) } ?? Sketched.none
        case .one(let value): .integer(Int64(value))
        case .list(let values): .integers(values)
        }
      self.call(
        call.process, call.function,
        call.argument.map { .integer(Int64($0)) } ?? Sketched.none, result, call.outcome,
        at: call.began, took: call.ended == .infinity ? nil : call.ended - call.began,
        node: call.node, key: call.key.map { .integer(Int64($0)) } ?? Sketched.none,
        isFinal: call.isFinal)
    }
  }
}

extension [SmallCall] {
  /// The calls of one key after another, each with its place among all.
  var byKey: [[(place: Int, call: SmallCall)]] {
    let keys = Set(map(\.key)).sorted { ($0 ?? -1) < ($1 ?? -1) }
    return keys.map { key in
      enumerated().filter { $1.key == key }.map { (place: $0, call: $1) }
    }
  }
}

/// How often the verdicts were which, and how often they were not the judge's.
struct JudgeTally {
  private var counts: [String: Int] = [:]

  /// What is wrong with a verdict, in words; nil where it is the judge's.
  ///
  /// - Parameter isVacuous: whether there was so little to judge that `unknown` is as good as `valid`.
  mutating func compare(_ found: Verdict, _ exact: Verdict, isVacuous: Bool) -> String? {
    counts[found.rawValue, default: 0] += 1
    if found == exact { return nil }
    if isVacuous && found == .unknown && exact == .valid {
      counts["unknown for want of anything to judge", default: 0] += 1
      return nil
    }
    counts["wrong", default: 0] += 1
    return "\(found) is \(exact)"
  }

  subscript(name: String) -> Int { counts[name, default: 0] }

  var words: String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
