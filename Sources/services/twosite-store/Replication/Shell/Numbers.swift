import Glibc

/// Numbers that are given once each, to any thread.
final class Numbers: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var last: UInt64

  init(after last: UInt64) {
    self.last = last
    pthread_mutex_init(lock, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  func next() -> UInt64 {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    last += 1
    return last
  }
}
