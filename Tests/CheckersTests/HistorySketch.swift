import Checking
import Testing
import Basics
import Histories

@testable import Checkers

/// A value written down in a test.
indirect enum Sketched: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral, ExpressibleByNilLiteral, ExpressibleByDictionaryLiteral, Sendable
{
  case none
  case integer(Int64)
  case text(String)
  case symbol(String)
  case list([Sketched])
  case map([(Sketched, Sketched)])

  init(integerLiteral value: Int64) { self = .integer(value) }
  init(stringLiteral value: String) { self = .text(value) }
  init(arrayLiteral elements: Sketched...) { self = .list(elements) }
  init(nilLiteral: ()) { self = .none }
  init(dictionaryLiteral elements: (Sketched, Sketched)...) { self = .map(elements) }

  static func integers(_ values: some Sequence<Int>) -> Sketched {
    .list(values.map { .integer(Int64($0)) })
  }

  func value(in values: inout Values) -> Histories.Value {
    switch self {
    case .none: return .none
    case .integer(let value): return values.integer(value)
    case .text(let value): return values.text(value)
    case .symbol(let value): return values.symbol(value)
    case .list(let elements):
      let list = elements.map { $0.value(in: &values) }
      return values.list(list)
    case .map(let pairs):
      let flat = pairs.flatMap { [$0.0.value(in: &values), $0.1.value(in: &values)] }
      return values.map(flat)
    }
  }
}

/// Kinds of facts, by the words that files use; a value that makes no fact is not seen.
enum SeenKind: String, CaseIterable {
  case owner, role, process, phase, probe, power, stall, workload, leadership, note, prediction
  case alerts
  case alertsSilent = "alerts-silent"
  case roleSilent = "role-silent"
}

/// A history written down operation by operation, with times in milliseconds.
struct HistorySketch {
  struct Line {
    var process: Int
    var function: String
    var argument: Sketched
    var result: Sketched
    var outcome: Histories.Operation.Outcome
    var start: Double
    var end: Double?
    var scheduled: Double?
    var node: String?
    var key: Sketched
    var workload: String?
    var isFinal: Bool
    var isDeclined = false
  }

  var lines: [Line] = []
  var faults: [FaultMark] = []
  var observations: [Observation] = []
  var hasTimes = true
  /// When the next operation starts whose time is not given.
  var clock = 0.0

  /// Adds an operation; without a time it follows the one before.
  ///
  /// An operation that completes returns its result; where none is given, its argument.
  mutating func call(
    _ process: Int, _ function: String, _ argument: Sketched = nil, _ result: Sketched? = nil,
    _ outcome: Histories.Operation.Outcome = .ok, at start: Double? = nil, took: Double? = 1,
    scheduled: Double? = nil, node: String? = nil, key: Sketched = nil, workload: String? = nil,
    isFinal: Bool = false, declined: Bool = false
  ) {
    let start = start ?? clock
    clock = max(clock, start + (took ?? 0) + 1)
    lines.append(
      Line(
        process: process, function: function, argument: argument, result: result ?? argument,
        outcome: outcome, start: start, end: took.map { start + $0 }, scheduled: scheduled,
        node: node, key: key, workload: workload, isFinal: isFinal, isDeclined: declined))
  }

  @discardableResult
  mutating func fault(
    _ name: String, at injected: Double, healed: Double? = nil, targets: [String] = [],
    confirmed: Bool = true, isAction: Bool = false, reach: FaultReach? = .away
  ) -> Int {
    var mark = FaultMark(
      id: faults.count + 1, name: name, summary: ([name] + targets).joined(separator: " "),
      targets: targets.map { .init(text: $0) }, injected: .milliseconds(injected))
    mark.confirmed = confirmed ? .milliseconds(injected + 1) : nil
    mark.healed = healed.map { .milliseconds($0) }
    mark.isAction = isAction
    mark.reach = reach
    faults.append(mark)
    return mark.id
  }

  mutating func see(
    _ kind: SeenKind, _ subject: String, _ node: String = "", _ value: String = "",
    from source: String = "address-list", at time: Double
  ) {
    let columns = FactColumns(
      kind: kind.rawValue, subject: subject, node: node, value: value, source: source)
    guard let fact = columns.fact else { return }
    observations.append(Observation(time: .milliseconds(time), fact))
  }

  func history() -> History {
    var builder = HistoryBuilder()
    builder.faults = faults
    builder.observations = observations
    builder.hasTimes = hasTimes
    var events: [(time: Double, rank: Int, event: Event)] = []
    for (rank, line) in lines.enumerated() {
      var event = Event(
        process: Int32(line.process), kind: .invoke, function: builder.function(line.function),
        value: line.argument.value(in: &builder.values), time: .milliseconds(line.start))
      event.node = line.node.map { builder.label($0) } ?? .none
      event.workload = line.workload.map { builder.label($0) } ?? .none
      event.scheduled = line.scheduled.map { .milliseconds($0) }
      event.key = line.key.value(in: &builder.values)
      event.isFinal = line.isFinal
      events.append((line.start, 2 * rank, event))
      guard let end = line.end else { continue }
      event.kind = line.outcome == .ok ? .ok : line.outcome == .fail ? .fail : .info
      event.value = line.result.value(in: &builder.values)
      event.time = .milliseconds(end)
      if line.isDeclined { event.error = builder.values.symbol(History.declined) }
      events.append((end, 2 * rank + 1, event))
    }
    for entry in events.sorted(by: { ($0.time, $0.rank) < ($1.time, $1.rank) }) {
      do { try builder.append(entry.event) } catch { fatalError("\(error)") }
    }
    return builder.finish()
  }
}

extension Instant {
  static func milliseconds(_ value: Double) -> Instant {
    Instant(nanoseconds: Int64((value * 1e6).rounded()))
  }
}

/// The finding of a checker with settings written as text, read by its own schema.
func finding(
  _ name: String, _ history: History, _ settings: [String: String] = [:]
) throws -> Finding {
  let checker = try #require(Catalogue.checker(named: name), "no checker \(name)")
  var read = Settings.none
  for (key, text) in settings {
    let kind = try #require(checker.schema.key(named: key), "\(name) has no \(key)").kind
    if case .list(let element) = kind {
      read[key] = .list(text.split(separator: ",").compactMap { element.read(String($0)) })
    } else {
      let value: Setting? = kind.read(text)
      read[key] = try #require(value, "\(key) cannot be \(text)") as Setting
    }
  }
  return try checker.init(read).check(history, within: .unlimited)
}

extension Finding {
  /// The kinds of its evidence, each once, in order.
  var kinds: [String] {
    evidence.map(\.kind).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
