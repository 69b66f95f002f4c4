import Synchronization

/// Asks threads to come to an end; once raised it stays so.
public final class StopFlag: Sendable {
  private let flag = Atomic(false)

  public init() {}

  public var isRaised: Bool { flag.load(ordering: .acquiring) }

  public func raise() { flag.store(true, ordering: .releasing) }
}
