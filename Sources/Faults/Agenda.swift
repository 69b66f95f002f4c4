internal import Basics

/// What is still to be done and when; at one moment healing comes before injecting.
struct Agenda {
  enum Act {
    case inject(Step)
    /// The step of that id.
    case heal(Int)
  }

  struct Item {
    let at: Duration
    let act: Act

    fileprivate var rank: Int {
      switch act {
      case .heal: 0
      case .inject: 1
      }
    }
  }

  /// The last item first, so that taking the next is cheap.
  private var items: [Item]

  init(_ schedule: [Step]) {
    var items: [Item] = []
    for step in schedule {
      items.append(Item(at: step.at, act: .inject(step)))
      guard let time = step.healing.time else { continue }
      items.append(Item(at: max(time, step.at), act: .heal(step.id)))
    }
    self.items = items.enumerated().sorted { a, b in
      let aRank = Agenda.rank(a.element, in: schedule)
      let bRank = Agenda.rank(b.element, in: schedule)
      return (a.element.at, aRank, a.offset) > (b.element.at, bRank, b.offset)
    }.map(\.element)
  }

  /// A fault healed at its own moment (a restart) is injected first.
  private static func rank(_ item: Item, in schedule: [Step]) -> Int {
    guard case .heal(let id) = item.act else { return 1 }
    let isInstant = schedule.contains { $0.id == id && $0.at >= item.at }
    return isInstant ? 2 : 0
  }

  var next: Item? { items.last }

  mutating func removeFirst() { items.removeLast() }

  mutating func removeHeal(of id: Int) {
    items.removeAll { if case .heal(id) = $0.act { true } else { false } }
  }
}
