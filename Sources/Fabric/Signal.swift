internal import Glibc

/// A counter that one thread raises and another waits for (sem_overview(7)).
@safe final class Signal: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { unsafe sem_init(semaphore, 0, 0) }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func raise() { unsafe sem_post(semaphore) }

  /// Returns once for every `raise`.
  func wait() {
    while unsafe sem_wait(semaphore) != 0 {}
  }
}
