import Basics
import Histories

extension TinyHistory {
  /// A random history of a real object, in which some answers are made up.
  ///
  /// Each operation takes effect at its invocation or at its completion, or, of unknown outcome,
  /// perhaps never; a made-up answer may or may not be a violation.
  init(
    _ world: World, count: Int, processes: Int, noise: Ratio, open: Ratio = Ratio(0.15),
    _ chance: inout Chance
  ) {
    var state = world.initial
    var flying: [Int: (index: Int, result: [Int]?)] = [:]
    var names = Array(0..<processes)
    var clock = 0
    while operations.count < count || !flying.isEmpty {
      clock += 1
      let slot = Int.random(in: 0..<processes, using: &chance)
      guard let (index, early) = flying[slot] else {
        guard operations.count < count else { continue }
        let (f, arguments) = world.draw(&chance)
        var operation = TinyOperation(
          process: names[slot], f: f, arguments: arguments, began: clock)
        let isEarly = Bool.random(using: &chance)
        let result = isEarly ? Self.effect(&operation, world, &state, &chance) : nil
        flying[slot] = (operations.count, result)
        operations.append(operation)
        continue
      }
      flying[slot] = nil
      operations[index].ended = clock
      if chance.roll(open) {
        names[slot] += processes
        operations[index].outcome = .info
        if Bool.random(using: &chance) { operations[index].ended = nil }
        if early == nil, Bool.random(using: &chance) {
          _ = Self.effect(&operations[index], world, &state, &chance)
        }
        continue
      }
      let result = early ?? Self.effect(&operations[index], world, &state, &chance)
      operations[index].outcome = result == nil && !chance.roll(noise) ? .fail : .ok
      operations[index].result = result ?? []
      if operations[index].outcome == .ok, result == nil || chance.roll(noise) {
        operations[index].result = world.noise(operations[index], &chance)
      }
    }
  }

  /// Takes effect; the answer, or nil when it cannot happen now.
  private static func effect(
    _ operation: inout TinyOperation, _ world: World, _ state: inout [Int],
    _ chance: inout Chance
  ) -> [Int]? {
    guard let (next, result) = world.outcomes(operation, state).randomElement(using: &chance)
    else { return nil }
    state = next
    return result ?? []
  }
}
