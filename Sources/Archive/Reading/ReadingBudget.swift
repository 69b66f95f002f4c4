internal import Synchronization

/// What reading a history may take; past it reading ends with an error instead of a history.
public struct ReadingBudget: Sendable {
  /// What can be spent.
  public enum Part: Hashable, Sendable {
    /// The time was up.
    case time
    /// The reader's memory had grown to its bound.
    case memory
  }

  /// How many bytes the files of a `history.sqlite` may have: what is read from them takes about as much.
  public let largestArchive: Int
  private let look: @Sendable () -> Part?
  private let first = FirstSpent()

  /// Reading goes on to its end, whatever it takes.
  public static let unlimited = ReadingBudget(largestArchive: .max) { nil }

  /// `look` says what is spent now; it is asked every few thousand steps.
  public init(largestArchive: Int, look: @escaping @Sendable () -> Part?) {
    self.largestArchive = largestArchive
    self.look = look
  }

  /// What was spent first; nil while there is something left of everything. What was once spent stays so,
  /// also when the reader has given its memory back.
  public var spent: Part? {
    first.part.withLock { part in
      if part == nil { part = look() }
      return part
    }
  }
}

private final class FirstSpent: Sendable {
  let part = Mutex<ReadingBudget.Part?>(nil)
}
