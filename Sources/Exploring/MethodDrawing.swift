internal import Basics
internal import Faults
internal import Histories
internal import Stacks
internal import YAML

/// Draws the steps of one run: a few episodes, with gaps between them in which the stack recovers, so that what follows
/// from one can be told from what follows from the next.
///
///     alone          a fault, and it is healed
///     beside         another begins while the first is active, on other nodes
///     on a heal      another begins as soon as the first is healed
///     after a change whoever is in charge is taken away, and the next fault strikes when another has taken over
struct MethodDrawing {
  let repertoire: Repertoire
  /// The faults of this run's own subset.
  let choices: [Repertoire.Choice]
  /// So many faults are active at once, at most.
  let atMost: Int
  let coverage: Coverage
  var chance: Chance
  private(set) var steps: [YAMLNode] = []
  private(set) var names: [String] = []
  private var now = Duration.zero
  private var drawnOften: [String: Int] = [:]

  /// No episode begins later.
  private static let last = Duration.milliseconds(5500)
  /// How long faults last where they need not last longer, in milliseconds.
  private static let lengths = [600, 1000, 1500, 2000, 3000]

  init(
    _ repertoire: Repertoire, _ choices: [Repertoire.Choice], atMost: Int, coverage: Coverage,
    chance: Chance
  ) {
    self.repertoire = repertoire
    self.choices = choices
    self.atMost = atMost
    self.coverage = coverage
    self.chance = chance
  }

  /// Fills `steps`; leaves them empty where nothing fits.
  mutating func draw() {
    now = .milliseconds(500 + 50 * chance.below(10))
    for place in 0..<(2 + chance.below(2)) {
      guard now <= Self.last else { return }
      // What begins by an event has no moment to count from.
      if chance.roll(Ratio(place == 0 ? 0.12 : 0.4)), afterChange() { return }
      switch chance.below(10) {
      case 0..<3 where atMost > 1: if !beside(place) { alone() }
      case 3..<6: if !onHeal(place) { alone() }
      default: alone()
      }
      now += .milliseconds(1500 + 100 * chance.below(10))
    }
  }
}

/// Episodes.
extension MethodDrawing {
  private mutating func alone() {
    guard let one = drawn({ _ in true }) else { return }
    let length = length(of: one.step)
    append(one, [("at", text(now)), ("for", text(length))])
    now += length
  }

  /// False where no two fit beside each other.
  private mutating func beside(_ place: Int) -> Bool {
    guard let first = drawn({ $0.aim.nodes != nil }, isFixed: true) else { return false }
    var taken = first.nodes
    guard let second = other(sparing: taken) else { return false }
    let held = length(of: first.step) + .seconds(1)
    append(first, [("at", text(now)), ("for", text(held))])
    var end = now + held
    var others = [second]
    taken.formUnion(second.nodes)
    if atMost > 2, chance.roll(Ratio(0.3)), let third = other(sparing: taken) {
      others.append(third)
    }
    for one in others {
      let start = now + .milliseconds(200 + chance.below(Int(held.milliseconds) - 400))
      let length = length(of: one.step)
      append(one, [("at", text(start)), ("for", text(length))])
      end = max(end, start + length)
    }
    now = end
    return true
  }

  /// False where no two fit one after the other.
  private mutating func onHeal(_ place: Int) -> Bool {
    guard let first = drawn({ $0.aim.nodes != nil }, isFixed: true),
      let second = other(sparing: first.nodes)
    else { return false }
    let name = "healed-\(place + 1)"
    let held = length(of: first.step)
    append(first, [("at", text(now)), ("for", text(held)), ("id", .drawn(name))])
    let offset = Duration.milliseconds(50 * chance.below(12))
    let length = length(of: second.step)
    append(second, [("after", .drawn(name)), ("at", text(offset)), ("for", text(length))])
    now += held + offset + length
    return true
  }

  /// False where nobody is in charge whose successor the stack's configuration promises.
  private mutating func afterChange() -> Bool {
    let heads = repertoire.promised.filter { promise in
      choices.contains { $0.aim.head == promise.head && takesAway($0, promise.components) }
    }
    guard !heads.isEmpty else { return false }
    let promise = heads[chance.below(heads.count)]
    let first = drawn { [self] in
      $0.aim.head == promise.head && takesAway($0, promise.components)
    }
    guard let first,
      let second = drawn({
        $0.aim.head == promise.head
          || $0.aim.nodes.map { $0.isDisjoint(with: promise.nodes) } == true
      })
    else { return false }
    // The old one must not come back before another has taken over.
    let held = first.step.fault.leastLength + promise.within * 2 + .seconds(1)
    append(first, [("at", text(now)), ("for", text(held))])
    append(
      second,
      [
        ("when", promise.head.node), ("within", text(held)),
        ("for", text(max(second.step.fault.leastLength, .milliseconds(1000)))),
      ])
    return true
  }

  /// Whether a fault takes a server or its node away, so that somebody else must take over.
  private func takesAway(_ choice: Repertoire.Choice, _ components: Set<String>) -> Bool {
    let component = choice.aim.keys.first { $0.0 == "component" }?.1.text
    if let component, !components.contains(component) { return false }
    // An address that is left on the dead goes to nobody.
    guard choice.kind.aim != .path, !choice.kind.strikesOwners,
      let fault = try? choice.kind.init(.none)
    else { return false }
    let node = NodeID("n")
    let targets: Targets =
      component.map { Targets(.instances([InstanceID(node: node, component: $0)])) }
      ?? Targets(.nodes([node]))
    return fault.holds(on: targets).contains { hold in
      switch hold {
      case .down, .frozen, .powerless, .dead: true
      case .neighbour, .carrierless, .clock, .clocks: false
      }
    }
  }
}

/// Single steps.
extension MethodDrawing {
  private struct Drawn {
    let choice: Repertoire.Choice
    let step: Step
    let keys: [(String, YAMLNode)]
    /// Whom it may mean; empty where that is not known.
    let nodes: Set<NodeID>
  }

  private mutating func other(sparing taken: Set<NodeID>) -> Drawn? {
    drawn(
      { choice in
        guard let nodes = choice.aim.nodes else { return false }
        return choice.aim.isOneOfMany ? !nodes.isSubset(of: taken) : nodes.isDisjoint(with: taken)
      }, isFixed: true, sparing: taken)
  }

  /// One of those that fit: of three that are drawn the one that this run and all before have had least.
  ///
  /// - Parameters:
  ///   - isFixed: it is said which node is meant, so that it can be told from others.
  ///   - taken: nodes that are not to be meant then.
  private mutating func drawn(
    _ fits: (Repertoire.Choice) -> Bool, isFixed: Bool = false, sparing taken: Set<NodeID> = []
  ) -> Drawn? {
    let fitting = choices.filter(fits)
    guard !fitting.isEmpty else { return nil }
    // First a fault, then its aim: a fault with many aims is not more frequent for that.
    let names = fitting.map { $0.kind.name }.reduce(into: [String]()) {
      if $0.last != $1 { $0.append($1) }
    }
    for _ in 0..<4 {
      let candidates = (0..<3).map { _ in
        let name = names[chance.below(names.count)]
        let own = fitting.filter { $0.kind.name == name }
        return own[chance.below(own.count)]
      }
      let counts = candidates.map { candidate in
        // What this run has had already comes after what it has not.
        (drawnOften[candidate.kind.name] ?? 0) * 1_000_000
          + coverage.count(candidate.kind.name, on: candidate.aim.role)
      }
      let choice = candidates[counts.firstIndex(of: counts.min() ?? 0) ?? 0]
      var aim = choice.aim
      if isFixed, aim.isOneOfMany {
        let free = (aim.nodes ?? []).subtracting(taken).sorted()
        guard !free.isEmpty else { continue }
        aim = aim.onlyOn(free[chance.below(free.count)])
      }
      guard let written = Repertoire.step(choice, on: aim, repertoire.stack, &chance) else {
        continue
      }
      return Drawn(
        choice: choice, step: written.step, keys: written.keys, nodes: aim.nodes ?? [])
    }
    return nil
  }

  /// A fault that is over at once takes no time.
  private mutating func length(of step: Step) -> Duration {
    let usual = Duration.milliseconds(Self.lengths[chance.below(Self.lengths.count)])
    return max(usual, step.fault.leastLength)
  }

  private mutating func append(_ one: Drawn, _ timing: [(String, YAMLNode)]) {
    let healsAtOnce = type(of: one.step.fault).healsAtOnce
    let times = timing.filter { $0.0 != "for" || !healsAtOnce }
    let before = times.filter { $0.0 != "for" && $0.0 != "id" }
    let after = times.filter { $0.0 == "for" || $0.0 == "id" }
    steps.append(.drawn(before + one.keys + after))
    if !names.contains(one.choice.kind.name) { names.append(one.choice.kind.name) }
    drawnOften[one.choice.kind.name, default: 0] += 1
  }

  private func text(_ duration: Duration) -> YAMLNode { .drawn(duration.text) }
}
