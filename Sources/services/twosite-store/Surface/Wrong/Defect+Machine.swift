import Synchronization

extension Defect {
  /// Those that the machine itself has, and that come with every command while they are on.
  static let ofTheMachine: [Defect] = [
    .truncatesLargeValue, .duplicatesMessage, .losesMessageOnLeaseExpiry, .redeliversOutOfOrder,
    .fencingTokenGoesDown,
  ]
}

extension StoreCommand {
  /// Whether its answer could be given without carrying it out.
  var answersNothing: Bool {
    switch self {
    case .write, .addElement, .enqueue, .setTimer, .transfer: true
    default: false
    }
  }
}

/// Counts from 1.
final class WrongCount: Sendable {
  private let count = Atomic(0)
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
