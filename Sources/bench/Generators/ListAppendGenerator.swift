import Basics
import Histories

/// A history of list-append transactions that is strictly serializable by construction, or shows
/// one stale read: clients that each run one transaction after another, a random time long,
/// against one list store; a key is retired after a number of appends.
struct ListAppendGenerator {
  var transactions = 1000
  var clients = 10
  var keys = 10
  var appendsPerKey = 32
  var longestTransaction = 4
  /// How many transactions have an unknown outcome; half of those take effect.
  var unknown = Ratio.none
  /// Past the middle, one read misses the newest appends that it should have seen.
  var hasStaleRead = false
  /// Registers in the place of lists: what was appended is written, and a read shows the last.
  var isOfRegisters = false
  /// A transaction reads each key before it writes it, so that the order of versions is known.
  var readsBeforeWriting = false
  var seed: UInt64 = 1

  func history() -> History {
    var run = ListAppendRun(self)
    run.play()
    return run.builder.finish()
  }
}

/// The simulation: a queue of moments, each a client's invocation, effect or completion.
private struct ListAppendRun {
  private enum Step {
    case invoke, effect, complete, lose
  }

  private struct Moment {
    var time: Double
    var step: Step
    var slot: Int
  }

  /// What a client has in flight.
  private struct Flight {
    var process: Int32
    var mops: [(key: Int, append: Int64?)] = []
    var result: Value = .none
  }

  private let options: ListAppendGenerator
  private var chance: Chance
  fileprivate var builder = HistoryBuilder()
  private var moments: [Moment] = []
  private var flights: [Flight]
  private var active: [Int]
  private var nextKey: Int
  private var appended: [Int]
  private var state: [[Value]]
  private var invoked = 0
  private var nextProcess: Int32
  private var isStaleReadDue: Bool
  private let txn: FunctionID
  private let read: Value
  private let append: Value

  init(_ options: ListAppendGenerator) {
    self.options = options
    chance = Chance(seed: options.seed)
    flights = (0..<options.clients).map { Flight(process: Int32($0)) }
    active = Array(0..<options.keys)
    nextKey = options.keys
    appended = Array(repeating: 0, count: options.keys)
    state = Array(repeating: [], count: options.keys)
    nextProcess = Int32(options.clients)
    isStaleReadDue = options.hasStaleRead
    txn = builder.function("txn")
    read = builder.values.symbol("r")
    append = builder.values.symbol(options.isOfRegisters ? "w" : "append")
  }

  mutating func play() {
    for slot in 0..<options.clients { push(uniform(), .invoke, slot) }
    while let moment = pop() {
      switch moment.step {
      case .invoke: invoke(moment)
      case .effect: takeEffect(moment.slot)
      case .complete:
        record(.ok, moment, flights[moment.slot].result)
        push(moment.time + exponential(mean: 0.2), .invoke, moment.slot)
      case .lose:
        record(.info, moment, invocation(flights[moment.slot]))
        flights[moment.slot].process = nextProcess
        nextProcess += 1
        push(moment.time + 0.5, .invoke, moment.slot)
      }
    }
  }

  private mutating func invoke(_ moment: Moment) {
    guard invoked < options.transactions else { return }
    invoked += 1
    var mops: [(key: Int, append: Int64?)] = []
    for _ in 0..<Int.random(in: 1...options.longestTransaction, using: &chance) {
      let place = Int.random(in: 0..<options.keys, using: &chance)
      let key = active[place]
      guard chance.next() & 1 == 0 else {
        mops.append((key, nil))
        continue
      }
      if options.readsBeforeWriting {
        guard !mops.contains(where: { $0.key == key }) else { continue }
        mops.append((key, nil))
      }
      appended[key] += 1
      mops.append((key, Int64(appended[key])))
      if appended[key] >= options.appendsPerKey { retire(place) }
    }
    flights[moment.slot].mops = mops
    record(.invoke, moment, invocation(flights[moment.slot]))
    let duration = exponential(mean: 1) + 0.05
    if chance.roll(options.unknown) {
      if chance.next() & 1 == 0 { takeEffect(moment.slot) }
      push(moment.time + duration, .lose, moment.slot)
    } else {
      push(moment.time + duration * uniform(), .effect, moment.slot)
      push(moment.time + duration, .complete, moment.slot)
    }
  }

  private mutating func retire(_ place: Int) {
    active[place] = nextKey
    nextKey += 1
    appended.append(0)
    state.append([])
  }

  private mutating func invocation(_ flight: Flight) -> Value {
    let mops = flight.mops.map { mop in
      let word = mop.append == nil ? read : append
      let key = builder.values.integer(Int64(mop.key))
      return builder.values.list([
        word, key, mop.append.map { builder.values.integer($0) } ?? .none,
      ])
    }
    return builder.values.list(mops)
  }

  private mutating func takeEffect(_ slot: Int) {
    let mops = flights[slot].mops
    var results: [Value] = []
    for mop in mops {
      let key = builder.values.integer(Int64(mop.key))
      if let value = mop.append.map({ builder.values.integer($0) }) {
        state[mop.key].append(value)
        results.append(builder.values.list([append, key, value]))
        continue
      }
      var missing = 0
      if isStaleReadDue, invoked > options.transactions / 2, state[mop.key].count > 20,
        !mops.contains(where: { $0.key == mop.key && $0.append != nil })
      {
        missing = 18
        isStaleReadDue = false
      }
      let seen = state[mop.key].dropLast(missing)
      let result = options.isOfRegisters ? seen.last ?? .none : builder.values.list(seen)
      results.append(builder.values.list([read, key, result]))
    }
    flights[slot].result = builder.values.list(results)
  }

  private mutating func record(_ kind: Event.Kind, _ moment: Moment, _ value: Value) {
    let event = Event(
      process: flights[moment.slot].process, kind: kind, function: txn, value: value,
      time: Instant(nanoseconds: Int64(moment.time * 1e6)))
    do {
      try builder.append(event)
    } catch {
      fatalError("the generator broke the rules of a history: \(error)")
    }
  }

  private mutating func uniform() -> Double { Double(chance.next() >> 11) * 0x1p-53 }

  /// An exponential draw by von Neumann's comparison of uniforms, which needs no logarithm.
  private mutating func exponential(mean: Double) -> Double {
    var whole = 0.0
    while true {
      let first = uniform()
      var last = first
      var isEven = true
      while case let next = uniform(), next < last {
        last = next
        isEven.toggle()
      }
      if isEven { return mean * (whole + first) }
      whole += 1
    }
  }

  /// There are few clients: the queue is searched through.
  private mutating func push(_ time: Double, _ step: Step, _ slot: Int) {
    moments.append(Moment(time: time, step: step, slot: slot))
  }

  private mutating func pop() -> Moment? {
    guard let first = moments.indices.min(by: { moments[$0].time < moments[$1].time }) else {
      return nil
    }
    return moments.remove(at: first)
  }
}
