import Synchronization

/// Asks threads to come to an end; once raised it stays so.
public final class StopFlag: Sendable {
  private let flag = Atomic(false)

  /// Begins not raised.
  public init() {}

  /// Whether it was raised; sees all that the raising thread did before.
  public var isRaised: Bool { flag.load(ordering: .acquiring) }

  /// Raises it, without waiting for the threads that look at it.
  public func raise() { flag.store(true, ordering: .releasing) }
}
