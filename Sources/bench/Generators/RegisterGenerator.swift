import Basics
import Histories

/// Histories of atomic registers with a known verdict: clients read, write, and compare and set;
/// each operation takes effect at a random moment between its invocation and its completion.
///
/// Operations of unknown outcome take effect with probability one half, at a moment that may lie
/// after their `info`. The same options and seed give the same history.
struct RegisterGenerator {
  var clients = 10
  var operations = 1000
  var keys = 1
  /// The share of writes and compare-and-sets of unknown outcome.
  var unknown = 0.0
  /// How many of those each key may have.
  var maximumUnknown = Int.max
  /// The share of compare-and-sets.
  var cas = 0.0
  /// The share of writes among the other operations.
  var writes = 0.5
  /// Mean idle time in mean operation times.
  var think = 0.2
  /// Values are drawn from this many; from all integers, each once, when 0.
  var distinctValues = 0
  /// Where one read returns a value long overwritten: a share of the operations; nil for never.
  var staleAt: Double?
  var seed: UInt64 = 1

  func history() -> History {
    var run = GeneratorRun(self)
    return run.history()
  }
}

/// One simulation, driven by a heap of moments.
private struct GeneratorRun {
  private let options: RegisterGenerator
  private var chance: Chance
  private var heap = MomentHeap()
  private var builder = HistoryBuilder()
  private let read: FunctionID
  private let write: FunctionID
  private let cas: FunctionID
  private var flying: [Flight] = []
  private var keys: [Int: Register] = [:]
  private var nextClient: Int
  private var nextValue: Int64 = 0
  private var isStale = false

  private struct Flight {
    let client: Int
    let function: FunctionID
    let key: Int
    let argument: Value
    var expected: Int64 = 0
    var new: Int64 = 0
    var isUnknown = false
    var succeeded = true
    var found: Int64?
  }

  private struct Register {
    var value: Int64?
    var isCertain = true
    var unknown = 0
    /// Values that were overwritten, with the moment, oldest first; only for a stale read.
    var past: [(value: Int64, at: Double)] = []
  }

  init(_ options: RegisterGenerator) {
    self.options = options
    chance = Chance(seed: options.seed)
    read = builder.function("read")
    write = builder.function("write")
    cas = builder.function("cas")
    nextClient = options.clients
    builder.hasTimes = false
  }

  private mutating func uniform() -> Double { Double(chance.next() >> 11) * 0x1p-53 }

  mutating func history() -> History {
    for client in 0..<options.clients { heap.push(uniform(), .invoke, client) }
    while let moment = heap.pop() {
      switch moment.kind {
      case .invoke: invoke(client: moment.subject, at: moment.time)
      case .effect: takeEffect(moment.subject, at: moment.time)
      case .complete: complete(moment.subject, at: moment.time)
      case .giveUp: giveUp(moment.subject, at: moment.time)
      }
    }
    return builder.finish()
  }

  private mutating func value() -> Int64 {
    nextValue += 1
    guard options.distinctValues > 0 else { return nextValue }
    return Int64.random(in: 0..<Int64(options.distinctValues), using: &chance)
  }

  private mutating func invoke(client: Int, at time: Double) {
    guard flying.count < options.operations else { return }
    let key = Int.random(in: 0..<options.keys, using: &chance)
    let flight = draw(client: client, key: key)
    let index = flying.count
    flying.append(flight)
    append(.invoke, index, flight.argument)
    // Exponential with mean 1, and never instantaneous.
    let length = 0.05 - naturalLogarithm(1 - uniform())
    let effect = time + uniform() * length
    let isRead = flight.function == read
    if !isRead, uniform() < options.unknown,
      keys[key, default: Register()].unknown < options.maximumUnknown
    {
      keys[key, default: Register()].unknown += 1
      flying[index].isUnknown = true
      if uniform() < 0.5 { heap.push(time + uniform() * 3 * length, .effect, index) }
      heap.push(time + length, .giveUp, index)
    } else {
      heap.push(effect, .effect, index)
      heap.push(time + length, .complete, index)
    }
  }

  /// The natural logarithm, from the binary exponent and a short series.
  private func naturalLogarithm(_ x: Double) -> Double {
    let significand = x.significand
    let y = (significand - 1) / (significand + 1)
    let square = y * y
    let series =
      y * (1 + square * (1 / 3.0 + square * (1 / 5.0 + square * (1 / 7.0 + square / 9))))
    return 2 * series + Double(x.exponent) * 0.693147180559945
  }

  private mutating func draw(client: Int, key: Int) -> Flight {
    let share = uniform()
    if share < options.cas {
      let current = keys[key]?.value
      let isHopeful = uniform() < 0.6
      let guess = Int64.random(in: 0..<Int64(max(1, options.distinctValues)), using: &chance)
      let expected = isHopeful ? current ?? guess : guess
      let new = value()
      let list = builder.values.list([.small(expected)!, .small(new)!])
      return Flight(
        client: client, function: cas, key: key, argument: list, expected: expected, new: new)
    }
    if share < options.cas + (1 - options.cas) * options.writes {
      let new = value()
      return Flight(
        client: client, function: write, key: key, argument: .small(new)!, new: new)
    }
    return Flight(client: client, function: read, key: key, argument: .none)
  }

  private mutating func takeEffect(_ index: Int, at time: Double) {
    let flight = flying[index]
    var register = keys[flight.key, default: Register()]
    if flight.function == read {
      flying[index].found = register.value
      return
    }
    if flight.function == cas, register.value != flight.expected {
      flying[index].succeeded = false
      return
    }
    if options.staleAt != nil, let old = register.value, register.isCertain {
      if register.past.count > 8000 { register.past.removeFirst(4000) }
      register.past.append((old, time))
    }
    register.value = flight.new
    register.isCertain = !flight.isUnknown
    keys[flight.key] = register
  }

  private mutating func complete(_ index: Int, at time: Double) {
    let flight = flying[index]
    var result = flight.argument
    if flight.function == read {
      result = (stale(index, at: time) ?? flight.found).map { .small($0)! } ?? .none
    }
    append(flight.succeeded ? .ok : .fail, index, result)
    heap.push(time - options.think * naturalLogarithm(1 - uniform()), .invoke, flight.client)
  }

  /// A value written and overwritten long ago, once.
  private mutating func stale(_ index: Int, at time: Double) -> Int64? {
    guard let share = options.staleAt, !isStale,
      index >= Int(share * Double(options.operations))
    else { return nil }
    let flight = flying[index]
    let past = keys[flight.key]?.past.last { $0.at < time - 40 && $0.value != flight.found }
    isStale = past != nil
    return past?.value
  }

  private mutating func giveUp(_ index: Int, at time: Double) {
    append(.info, index, flying[index].argument)
    heap.push(time + 0.5, .invoke, nextClient)
    nextClient += 1
  }

  private mutating func append(_ kind: Event.Kind, _ index: Int, _ value: Value) {
    let flight = flying[index]
    var event = Event(
      process: Int32(flight.client), kind: kind, function: flight.function, value: value,
      time: .start)
    if options.keys > 1 { event.key = .small(Int64(flight.key))! }
    do { try builder.append(event) } catch { fatalError("the generator broke a rule: \(error)") }
  }
}
