/// What happens next in a simulation: a binary heap by time, then by order of insertion.
struct MomentHeap {
  enum Kind {
    case invoke, effect, complete, giveUp
  }

  struct Moment {
    let time: Double
    let order: Int
    let kind: Kind
    let subject: Int

    func precedes(_ other: Moment) -> Bool {
      time != other.time ? time < other.time : order < other.order
    }
  }

  private var moments: [Moment] = []
  private var order = 0

  mutating func push(_ time: Double, _ kind: Kind, _ subject: Int) {
    order += 1
    moments.append(Moment(time: time, order: order, kind: kind, subject: subject))
    var child = moments.count - 1
    while child > 0, moments[child].precedes(moments[(child - 1) / 2]) {
      moments.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> Moment? {
    guard let first = moments.first else { return nil }
    let last = moments.removeLast()
    if moments.isEmpty { return first }
    moments[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < moments.count else { return first }
      if child + 1 < moments.count, moments[child + 1].precedes(moments[child]) { child += 1 }
      guard moments[child].precedes(moments[parent]) else { return first }
      moments.swapAt(child, parent)
      parent = child
    }
  }
}
