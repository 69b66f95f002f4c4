/// What people ask of the nemesis while it works, in the order they asked; the thread that runs the
/// nemesis takes all of it at each turn of its loop. What becomes of an order is told as everything
/// else is: by what the nemesis writes into its journal.
public struct Inbox: Sendable {
  /// One thing that is asked.
  public enum Order: Sendable {
    /// To be injected now, whatever its `at` says; a `healing` at a moment counts from its `at`.
    case inject(Step)
    /// The fault of that id is to be healed now, also where its time is not over.
    case heal(Int)
    /// Everything that is active is to be healed, the last first.
    case healAll
    /// Everything is to be healed, and nothing that still waits for its moment is to happen.
    case halt
  }

  private var waiting: [Order] = []
  private var lastID: Int

  /// - Parameter lastID: the highest id of the schedule beside it; 0 where there is none.
  public init(after lastID: Int = 0) { self.lastID = lastID }

  /// Asks for a step to be injected.
  ///
  /// - Returns: the id that it gets; ids are dense from the schedule's last.
  public mutating func inject(_ step: Step) -> Int {
    lastID += 1
    var step = step
    step.id = lastID
    waiting.append(.inject(step))
    return lastID
  }

  /// The id that the next step gets.
  public var nextID: Int { lastID + 1 }

  /// Asks for something that needs no id.
  public mutating func add(_ order: Order) { waiting.append(order) }

  /// Everything that was asked since it was last taken.
  public mutating func take() -> [Order] {
    defer { waiting = [] }
    return waiting
  }
}
