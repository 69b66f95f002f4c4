internal import Glibc

/// A counter that some threads raise and others wait for (sem_overview(7)).
@safe public final class Semaphore: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  /// Begins at zero, for the threads of this process only.
  public init() { unsafe sem_init(semaphore, 0, 0) }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  /// Lets one `wait` return: one that waits now, or the next.
  public func raise() { unsafe sem_post(semaphore) }

  /// Returns once for every `raise`.
  public func wait() {
    while unsafe sem_wait(semaphore) != 0 {}
  }
}
