internal import CLinux
internal import Glibc

/// A thread of our own, outside Swift's cooperative pool: what runs on it may block.
struct DedicatedThread: Sendable {
  private let thread: pthread_t

  /// Starts `body` on a new thread of this name (15 bytes at most).
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void)
    throws(FabricError) -> DedicatedThread
  {
    let work = Work(name: name, body: body)
    var thread = pthread_t()
    let handle = unsafe Unmanaged.passRetained(work)
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let work = unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
        unsafe clinux_thread_set_name(work.name)
        work.body()
        return nil
      }, handle.toOpaque())
    guard result == 0 else {
      unsafe handle.release()
      throw .refused(attempt: "start the thread \(name)", errno: result)
    }
    return DedicatedThread(thread: thread)
  }

  /// Waits until the body has returned; call it once.
  func join() { pthread_join(thread, nil) }

  private final class Work: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
}
