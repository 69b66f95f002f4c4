import Basics
import Histories
import TestGround

/// Records what no real run has all at once: every rare case, at random.
struct RandomRecording {
  let recorder = Recorder(isJournaled: true, now: { .start })
  /// Every event, as it was given to the recorder.
  private(set) var events: [Event] = []
  private var chance: Chance
  private var open: [Int32: Event] = [:]
  private var time: Int64
  /// How many operations may be open at once: of many, some last for long.
  private let width: Int
  /// What some numbers lie close to.
  private let base: Int64
  private let functions: [FunctionID]
  private let labels: [LabelID]

  init(seed: UInt64) {
    chance = Chance(seed: seed)
    width = [1, 2, 7, 300][chance.below(4)]
    time = chance.below(3) == 0 ? -5 : Int64(chance.below(1 << 30)) * 1_000
    base = [0, 33_000, -5_000_000, 1 << 59][chance.below(4)]
    functions = (0..<4).map { [recorder] number in recorder.function("f\(number)") }
    labels = [.none] + (0..<5).map { [recorder] number in recorder.label("l\(number)") }
  }

  private mutating func pick<T>(_ choices: [T]) -> T { choices[chance.below(choices.count)] }

  /// Records the next event.
  mutating func step() {
    // Times stand still, and now and then go back.
    time += pick([0, 0, 1, 7_000, 2_000_000, 5_000_000_000, -3])
    let processes = open.keys.sorted()
    if processes.count < width, chance.below(processes.count + 2) < 2 || processes.isEmpty {
      invoke()
    } else {
      complete(open.removeValue(forKey: pick(processes))!)
    }
  }

  private mutating func invoke() {
    var process: Int32 = pick([0, 1, 2, 3, 70_000, -1, .max, .min])
    while open[process] != nil { process = Int32(chance.below(1_000)) }
    var event = Event(
      process: process, kind: .invoke, function: pick(functions), value: value(),
      time: Instant(nanoseconds: time))
    event.key = chance.below(3) == 0 ? value() : .none
    event.node = pick(labels)
    event.workload = pick(labels)
    event.isFinal = chance.below(5) == 0
    if chance.below(2) == 0 {
      event.scheduled = Instant(nanoseconds: time - pick([0, 120_000, -4, 9_000_000_000]))
    }
    open[process] = event
    record(event)
  }

  private mutating func complete(_ begun: Event) {
    var event = begun
    event.kind = pick([.ok, .ok, .ok, .fail, .info])
    event.scheduled = nil
    event.isFinal = false
    event.value = chance.below(3) == 0 ? begun.value : value()
    event.key = pick([begun.key, begun.key, .none, value()])
    event.error = chance.below(3) == 0 ? value() : .none
    event.node = pick(labels)
    event.time = Instant(nanoseconds: time)
    record(event)
  }

  private mutating func record(_ event: Event) {
    events.append(event)
    recorder.record(event, at: event.time)
  }

  private mutating func value(depth: Int = 0) -> Value {
    let number = Int64(bitPattern: chance.next())
    let text = pick(["", "x", ":x", "~y", "~inf", "\"é\\\n", "12", "null", "[1]"])
    switch chance.below(depth < 2 ? 9 : 7) {
    case 0: return .none
    case 1: return pick([.true, .false])
    case 2: return .small(Int64(chance.below(300)))!
    case 3: return .small(base + Int64(chance.below(300)) - 150)!
    case 4: return recorder.value { $0.integer(number) }
    case 5:
      let double = pick([0.5, -2.25, .infinity, -.infinity, .nan, 1e300, .leastNonzeroMagnitude])
      return recorder.value { $0.number(double) }
    case 6:
      let isSymbol = chance.below(2) == 0
      return recorder.value { isSymbol ? $0.symbol(text) : $0.text(text) }
    default:
      let elements = (0..<2 * chance.below(3)).map { _ in value(depth: depth + 1) }
      let isMap = chance.below(3) == 0
      return recorder.value { isMap ? $0.map(elements) : $0.list(elements) }
    }
  }

  /// Records what observers saw: at moments of their own, at the same, and in any order.
  mutating func observe() {
    let nodes = (0..<3).map { NodeID("n\($0)") }
    let moment = Instant(nanoseconds: time + pick([0, 0, -2, 1, -7_000]))
    switch chance.below(5) {
    case 0:
      for (index, node) in nodes.enumerated() {
        recorder.record(
          .counter("frames", from: node.text, to: "a", Int64(chance.below(1_000) * index)),
          at: moment)
      }
    case 1:
      let id = InstanceID(node: pick(nodes), component: "c")
      recorder.record(
        .role(id, .answer(pick(["primary", "secondary", "", "7", "007"]))), at: moment)
    case 2:
      let id = InstanceID(node: pick(nodes), component: "c")
      recorder.record(.probe("lag", of: id, .answer(Double(chance.below(50)) / 8)), at: moment)
    case 3: recorder.record(.note(about: "", String(repeating: "é\"[", count: 100)), at: moment)
    default: recorder.record(.power(pick(nodes), isOn: chance.below(2) == 0), at: moment)
    }
  }
}
