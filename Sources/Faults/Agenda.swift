internal import Basics

/// What is still to be done and when; at one moment healing comes before injecting.
struct Agenda {
  enum Act {
    case inject(Step)
    /// What the step waits for is looked for from now on.
    case await(Step)
    /// The step of that id.
    case heal(Int)
  }

  struct Item {
    let at: Duration
    let act: Act
    fileprivate let rank: Int
    fileprivate let order: Int
  }

  /// The last item first, so that taking the next is cheap.
  private var items: [Item] = []
  /// Steps whose moment the end of another decides, by that one's id.
  private var followers: [Int: [Step]] = [:]
  private var count = 0

  init(_ schedule: [Step]) {
    for step in schedule {
      if let leader = step.follows {
        followers[leader, default: []].append(step)
      } else {
        plan(step, late: .zero)
      }
    }
  }

  var next: Item? { items.last }

  mutating func removeFirst() { items.removeLast() }

  mutating func removeHeal(of id: Int) {
    items.removeAll { if case .heal(id) = $0.act { true } else { false } }
  }

  /// A step that comes to what is planned.
  mutating func add(_ step: Step) { plan(step, late: .zero) }

  /// Nothing is to be done any more.
  mutating func clear() {
    items = []
    followers = [:]
  }

  /// A step that was awaited is injected now: when it is to be healed.
  mutating func planHeal(of step: Step, late: Duration) {
    guard let time = step.healing.time else { return }
    // A fault healed at its own moment (a restart) is injected first.
    add(max(time, step.at) + late, .heal(step.id), rank: time <= step.at ? 2 : 0)
  }

  /// The step of that id is over, so much later than planned.
  mutating func release(followersOf id: Int, late: Duration) {
    for step in followers.removeValue(forKey: id) ?? [] { plan(step, late: late) }
  }

  private mutating func plan(_ step: Step, late: Duration) {
    guard step.trigger == nil else {
      return add(step.at + late, .await(step), rank: 1)
    }
    add(step.at + late, .inject(step), rank: 1)
    planHeal(of: step, late: late)
  }

  private mutating func add(_ at: Duration, _ act: Act, rank: Int) {
    count += 1
    items.append(Item(at: at, act: act, rank: rank, order: count))
    items.sort { ($0.at, $0.rank, $0.order) > ($1.at, $1.rank, $1.order) }
  }
}
