internal import Glibc

/// A value that arrives once; any thread may wait for it, with or without a deadline.
@safe public final class Latch<Value: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let arrival: UnsafeMutablePointer<pthread_cond_t>
  private var value: Value?

  /// Begins without a value.
  public init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe arrival = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(arrival, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(arrival)
    unsafe pthread_mutex_destroy(mutex)
    unsafe arrival.deallocate()
    unsafe mutex.deallocate()
  }

  /// Delivers the value; a second delivery changes nothing.
  public func set(_ value: Value) {
    unsafe pthread_mutex_lock(mutex)
    if self.value == nil { self.value = value }
    unsafe pthread_cond_broadcast(arrival)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// The value if it has arrived.
  public var current: Value? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return value
  }

  /// Waits for the value.
  public func wait() -> Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let value { return value }
      unsafe pthread_cond_wait(arrival, mutex)
    }
  }

  /// Waits until that moment of `MonotonicClock`; nil when the value had not arrived by then.
  public func wait(until deadline: Int64) -> Value? {
    var time = timespec(
      tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while value == nil {
      if unsafe pthread_cond_timedwait(arrival, mutex, &time) != 0 { break }
    }
    return value
  }
}
