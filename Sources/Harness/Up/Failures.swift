import Synchronization

/// What went wrong on several threads, in the order it did.
final class Failures: Sendable {
  private let errors = Mutex<[any Error]>([])

  func add(_ error: any Error) { errors.withLock { $0.append(error) } }

  var first: (any Error)? { errors.withLock { $0.first } }
}
