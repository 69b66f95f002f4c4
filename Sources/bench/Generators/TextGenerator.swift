import Basics
import Histories

/// Histories of keys that texts are put to, appended to and read from, with a known verdict: each
/// operation takes effect at a random moment between its invocation and its completion.
///
/// The same options and seed give the same history.
struct TextGenerator {
  /// What one get past the middle shows that it must not.
  enum Fault: String, CaseIterable {
    /// A text that was overwritten or appended to long before.
    case stale
    /// An append in the middle of it is missing.
    case lost
    /// Two appends in the middle of it are exchanged.
    case swapped
  }

  var clients = 10
  var operationsPerKey = 200
  var keys = 5
  var appends = 0.4
  var puts = 0.1
  /// How many texts there are; all differ when 0.
  var distinctTexts = 0
  /// The share of puts and appends of unknown outcome; half of those take effect.
  var unknown = 0.0
  var fault: Fault?
  var seed: UInt64 = 1

  func history() -> History {
    var run = TextRun(self)
    return run.history()
  }
}

/// One simulation. All clients work on one key, then all on the next.
private struct TextRun {
  private let options: TextGenerator
  private var chance: Chance
  private var builder = HistoryBuilder()
  private let get: FunctionID
  private let put: FunctionID
  private let append: FunctionID
  private var heap = MomentHeap()
  private var flights: [Flight] = []
  private var nextProcess: Int
  private var key = 0
  private var begunOfKey = 0
  /// What the key holds: the texts that make it up.
  private var parts: [String] = []
  /// What it held, oldest first.
  private var past: [[String]] = []
  private var isFaulty = true

  private struct Flight {
    let process: Int
    let function: FunctionID
    let text: String
    var seen: [String] = []
    var isUnknown = false
  }

  init(_ options: TextGenerator) {
    self.options = options
    chance = Chance(seed: options.seed)
    get = builder.function("get")
    put = builder.function("put")
    append = builder.function("append")
    nextProcess = options.clients
    builder.hasTimes = false
    isFaulty = options.fault == nil
  }

  private mutating func uniform() -> Double { Double(chance.next() >> 11) * 0x1p-53 }

  mutating func history() -> History {
    for key in 0..<options.keys {
      self.key = key
      (parts, past, begunOfKey) = ([], [[]], 0)
      heap = MomentHeap()
      for client in 0..<options.clients { heap.push(uniform(), .invoke, client) }
      while let moment = heap.pop() {
        switch moment.kind {
        case .invoke: invoke(process: moment.subject, at: moment.time)
        case .effect: takeEffect(moment.subject)
        case .complete: complete(moment.subject, at: moment.time)
        case .giveUp: giveUp(moment.subject, at: moment.time)
        }
      }
    }
    return builder.finish()
  }

  private mutating func text(process: Int) -> String {
    guard options.distinctTexts > 0 else { return "x \(process) \(flights.count) y" }
    return "x \(chance.next() % UInt64(options.distinctTexts)) y"
  }

  private mutating func invoke(process: Int, at time: Double) {
    guard begunOfKey < options.operationsPerKey else { return }
    begunOfKey += 1
    let share = uniform()
    let function =
      share < options.appends ? append : share < options.appends + options.puts ? put : get
    let text = function == get ? "" : text(process: process)
    let index = flights.count
    flights.append(Flight(process: process, function: function, text: text))
    record(.invoke, index, function == get ? .none : builder.values.text(text))
    let length = 0.1 + uniform() + (uniform() < 0.1 ? 4 * uniform() : 0)
    if function != get, uniform() < options.unknown {
      flights[index].isUnknown = true
      if chance.next() & 1 == 0 { heap.push(time + 2 * uniform() * length, .effect, index) }
      heap.push(time + length, .giveUp, index)
    } else {
      heap.push(time + uniform() * length, .effect, index)
      heap.push(time + length, .complete, index)
    }
  }

  private mutating func takeEffect(_ index: Int) {
    switch flights[index].function {
    case get: flights[index].seen = parts
    case put: change([flights[index].text])
    default: change(parts + [flights[index].text])
    }
  }

  private mutating func change(_ new: [String]) {
    parts = new
    past.append(new)
  }

  private mutating func complete(_ index: Int, at time: Double) {
    let flight = flights[index]
    let isGet = flight.function == get
    let result = isGet ? (faulty() ?? flight.seen).joined() : flight.text
    record(.ok, index, builder.values.text(result))
    heap.push(time + 0.05 * uniform(), .invoke, flight.process)
  }

  /// What a get shows that nothing explains, once.
  private mutating func faulty() -> [String]? {
    guard !isFaulty, key == options.keys / 2, begunOfKey > options.operationsPerKey / 2 else {
      return nil
    }
    var wrong = parts
    switch options.fault {
    case .stale:
      let distance = max(10, 2 * options.clients)
      guard past.count > distance + 1 else { return nil }
      wrong = past[past.count - distance]
    case .lost:
      guard wrong.count > 3 else { return nil }
      wrong.remove(at: wrong.count / 2)
    default:
      guard wrong.count > 3 else { return nil }
      wrong.swapAt(wrong.count / 2, wrong.count / 2 - 1)
    }
    isFaulty = true
    return wrong
  }

  private mutating func giveUp(_ index: Int, at time: Double) {
    record(.info, index, builder.values.text(flights[index].text))
    heap.push(time + 0.05, .invoke, nextProcess)
    nextProcess += 1
  }

  private mutating func record(_ kind: Event.Kind, _ index: Int, _ value: Value) {
    var event = Event(
      process: Int32(flights[index].process), kind: kind, function: flights[index].function,
      value: value, time: .start)
    event.key = builder.values.text("\(key)")
    do { try builder.append(event) } catch { fatalError("the generator broke a rule: \(error)") }
  }
}
