import Glibc
import ServiceGround

/// A queue between threads whose reader takes all that is there at once.
final class Mailbox<Letter: Sendable>: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let arrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var letters: [Letter] = []
  private var isClosed = false
  private let most: Int

  /// - Parameter most: more letters than this are not kept: then all that wait are lost.
  init(most: Int = .max) {
    self.most = most
    pthread_mutex_init(lock, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(arrived, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(arrived)
    pthread_mutex_destroy(lock)
    arrived.deallocate()
    lock.deallocate()
  }

  func post(_ letter: Letter) {
    pthread_mutex_lock(lock)
    if letters.count >= most { letters = [] }
    if !isClosed { letters.append(letter) }
    pthread_cond_signal(arrived)
    pthread_mutex_unlock(lock)
  }

  /// All that is there, waiting for something until the deadline; nil once it is closed and empty.
  func takeAll(until deadline: Deadline) -> [Letter]? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    var moment = deadline.timespec
    while letters.isEmpty && !isClosed {
      if pthread_cond_timedwait(arrived, lock, &moment) == ETIMEDOUT { break }
    }
    if letters.isEmpty && isClosed { return nil }
    defer { letters = [] }
    return letters
  }

  /// Takes no more letters; the reader still gets those that are there.
  func close() {
    pthread_mutex_lock(lock)
    isClosed = true
    pthread_cond_broadcast(arrived)
    pthread_mutex_unlock(lock)
  }
}
