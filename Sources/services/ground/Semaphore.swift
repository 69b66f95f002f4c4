import Glibc

/// A counting semaphore whose wait ends at a deadline on the monotonic clock.
public final class Semaphore: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let freed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var places: Int

  /// - Parameter places: how many may pass before the first signal.
  public init(_ places: Int) {
    self.places = places
    pthread_mutex_init(lock, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(freed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(freed)
    pthread_mutex_destroy(lock)
    freed.deallocate()
    lock.deallocate()
  }

  /// Frees a place.
  public func signal() {
    pthread_mutex_lock(lock)
    places += 1
    pthread_cond_signal(freed)
    pthread_mutex_unlock(lock)
  }

  /// False when no place became free in time.
  public func wait(until deadline: Deadline) -> Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    var moment = deadline.timespec
    while places == 0 {
      guard pthread_cond_timedwait(freed, lock, &moment) == 0 else { return false }
    }
    places -= 1
    return true
  }
}
