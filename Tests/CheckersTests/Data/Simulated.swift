import Basics
import Histories

@testable import Checkers

/// Runs of small systems that take effect at one moment within each operation's times.
enum Simulated {
  /// Moments at which operations take effect, in order, with a process that is free at that time.
  private static func steps(
    _ count: Int, _ chance: inout Chance,
    _ act: (Int, Int, Double, Double, Double, inout Chance) -> Void
  ) {
    // Each operation gets an interval around its moment; each has a process of its own modulo 5,
    // whose intervals never touch.
    for step in 0..<count {
      let moment = 10 * Double(step) + 50
      let before = Double.random(in: 0..<20, using: &chance)
      let after = Double.random(in: 0..<20, using: &chance)
      act(step, step % 5, moment, moment - before, before + after, &chance)
    }
  }

  private static func outcome(_ chance: inout Chance) -> Histories.Operation.Outcome {
    switch chance.next() % 8 {
    case 0: .info
    case 1: .fail
    default: .ok
    }
  }

  static func set(_ chance: inout Chance) -> HistorySketch {
    var sketch = HistorySketch()
    var present: [Int] = []
    steps(40, &chance) { step, process, _, start, took, chance in
      if chance.next() % 3 != 0 {
        let outcome = outcome(&chance)
        if outcome == .ok || outcome == .info && chance.next() % 2 == 0 { present.append(step) }
        sketch.call(process, "add", .integer(Int64(step)), nil, outcome, at: start, took: took)
      } else {
        sketch.call(process, "read", nil, .integers(present), at: start, took: took)
      }
    }
    for node in ["a", "b"] {
      sketch.call(9, "read", nil, .integers(present), at: sketch.clock, node: node, isFinal: true)
    }
    return sketch
  }

  static func counter(_ chance: inout Chance) -> HistorySketch {
    var sketch = HistorySketch()
    var sum: Int64 = 0
    steps(40, &chance) { _, process, _, start, took, chance in
      if chance.next() % 2 == 0 {
        let outcome = outcome(&chance)
        let value = Int64(chance.next() % 5)
        if outcome == .ok || outcome == .info && chance.next() % 2 == 0 { sum += value }
        sketch.call(process, "add", .integer(value), nil, outcome, at: start, took: took)
      } else {
        sketch.call(process, "read", nil, .integer(sum), at: start, took: took)
      }
    }
    return sketch
  }

  static func queue(_ chance: inout Chance) -> HistorySketch {
    var sketch = HistorySketch()
    var inside: [Int64] = []
    steps(40, &chance) { step, process, _, start, took, chance in
      if chance.next() % 2 == 0 || inside.isEmpty {
        let outcome = outcome(&chance)
        if outcome == .ok || outcome == .info && chance.next() % 2 == 0 {
          inside.append(Int64(step))
        }
        sketch.call(process, "enqueue", .integer(Int64(step)), nil, outcome, at: start, took: took)
      } else {
        let value = inside.remove(at: Int(chance.next() % UInt64(inside.count)))
        sketch.call(process, "dequeue", nil, .integer(value), at: start, took: took)
      }
    }
    sketch.call(9, "drain", nil, .list(inside.map { .integer($0) }), at: sketch.clock)
    return sketch
  }

  static func bank(_ chance: inout Chance) -> HistorySketch {
    var sketch = HistorySketch()
    var balances: [Int64] = [100, 100, 100]
    steps(40, &chance) { _, process, _, start, took, chance in
      if chance.next() % 2 == 0 {
        let (from, to) = (Int(chance.next() % 3), Int(chance.next() % 3))
        let amount = Int64(chance.next() % 5)
        if balances[from] >= amount {
          balances[from] -= amount
          balances[to] += amount
        }
        sketch.call(process, "transfer", nil, at: start, took: took)
      } else {
        let read = balances.enumerated().map { (Sketched.integer(Int64($0)), Sketched.integer($1)) }
        sketch.call(process, "read", nil, .map(read), at: start, took: took)
      }
    }
    return sketch
  }

  static func identifiers(_ chance: inout Chance) -> HistorySketch {
    var sketch = HistorySketch()
    steps(40, &chance) { step, process, moment, start, took, chance in
      let bits = Int64(chance.next() % 3)
      let identifier = Int64(moment) << 22 | bits << 12 | Int64(step)
      sketch.call(
        process, "generate", nil, .integer(identifier), at: start, took: took, node: "n\(bits)")
    }
    return sketch
  }

  /// Three registers; every write is of a value of its own.
  static func registers(_ chance: inout Chance) -> HistorySketch {
    var sketch = HistorySketch()
    var values: [Int64?] = [nil, nil, nil]
    steps(60, &chance) { step, process, _, start, took, chance in
      let key = Int(chance.next() % 3)
      if chance.next() % 2 == 0 {
        let outcome = outcome(&chance)
        let value = Int64(step) + 1
        if outcome == .ok || outcome == .info && chance.next() % 2 == 0 { values[key] = value }
        sketch.call(
          process, "write", .integer(value), nil, outcome, at: start, took: took,
          key: .integer(Int64(key)))
      } else {
        sketch.call(
          process, "read", nil, values[key].map { .integer($0) } ?? Sketched.none, at: start,
          took: took, key: .integer(Int64(key)))
      }
    }
    return sketch
  }
}

extension HistorySketch.Line {
  func repeated(at start: Double) -> HistorySketch.Line {
    var copy = self
    copy.start = start
    copy.end = start + 1
    return copy
  }
}

extension HistorySketch {
  /// Without one element of one of its reads, or with one read's answer changed.
  func losing(one chance: inout Chance) -> HistorySketch {
    var copy = self
    let reads = lines.indices.filter {
      if case .list(let list) = lines[$0].result { !list.isEmpty } else { false }
    }
    guard let place = reads.randomElement(using: &chance),
      case .list(var list) = copy.lines[place].result
    else { return copy }
    list.remove(at: Int(chance.next() % UInt64(list.count)))
    copy.lines[place].result = .list(list)
    return copy
  }

  /// Breaks the final reads of a set; false when there is nothing to break.
  mutating func plant(_ violation: String, _ chance: inout Chance) -> Bool {
    func argument(_ outcome: Histories.Operation.Outcome) -> Int64? {
      let found = lines.last { $0.function == "add" && $0.outcome == outcome }
      if case .integer(let value)? = found?.argument { return value } else { return nil }
    }
    for place in lines.indices where lines[place].isFinal {
      guard case .list(var list) = lines[place].result else { return false }
      func position(_ value: Int64) -> Int? {
        list.firstIndex { if case .integer(value) = $0 { true } else { false } }
      }
      switch violation {
      case "lost":
        guard let place = argument(.ok).flatMap(position) else { return false }
        list.remove(at: place)
      case "foreign": list.append(4242)
      case "failed":
        guard let value = argument(.fail) else { return false }
        list.append(.integer(value))
      default:
        guard let value = argument(.ok) else { return false }
        list.append(.integer(value))
      }
      lines[place].result = .list(list)
    }
    return true
  }

  /// With operations that may have begun earlier and ended later, each by a process of its own.
  func widened(_ chance: inout Chance) -> HistorySketch {
    var copy = self
    for place in lines.indices {
      copy.lines[place].process = place
      copy.lines[place].start -= Double.random(in: 0..<30, using: &chance)
      copy.lines[place].end? += Double.random(in: 0..<30, using: &chance)
    }
    return copy
  }

  /// With other process numbers and, if wanted, every integer replaced by a text.
  func renamed(values: Bool) -> HistorySketch {
    func other(_ value: Sketched) -> Sketched {
      switch value {
      case .integer(let integer): .text("value \(integer)")
      case .list(let list): .list(list.map(other))
      default: value
      }
    }
    var copy = self
    for place in lines.indices {
      copy.lines[place].process = 1000 - 7 * lines[place].process
      guard values else { continue }
      copy.lines[place].argument = other(lines[place].argument)
      copy.lines[place].result = other(lines[place].result)
    }
    return copy
  }
}
