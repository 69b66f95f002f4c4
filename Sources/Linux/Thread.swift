public import Basics
internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread of the caller's own: for code that enters a namespace, blocks, or must not share the
/// cooperative pool.
public final class Thread: Sendable {
  private let handle: Mutex<pthread_t?>

  /// Starts `body` on a new thread; the name shows in `ps -L` (15 bytes of it).
  public init(named name: String, _ body: @escaping @Sendable () -> Void) throws(Errno) {
    var thread = pthread_t()
    let start = unsafe Unmanaged.passRetained(ThreadStart(name: name, body: body))
    let code = unsafe pthread_create(&thread, nil, run, start.toOpaque())
    if code != 0 {
      unsafe start.release()
      throw Errno(code, "start thread \(name)")
    }
    handle = Mutex(thread)
  }

  deinit {
    if let thread = handle.withLock({ $0 }) { pthread_detach(thread) }
  }

  /// Takes every capability of root's from the calling thread, for the rest of its life; the other
  /// threads keep theirs.
  public static func dropCapabilities() throws(Errno) {
    try Errno.check(cl_thread_keep_capabilities(0), "give up capabilities")
  }

  /// Leaves the calling thread as it is, but gives no program that it or a thread or process it starts
  /// will execute any other capability than these: the bounding set, capabilities(7).
  public static func boundCapabilities(to set: CapabilitySet) throws(Errno) {
    try Errno.check(cl_thread_bound_capabilities(set.rawValue), "bound capabilities")
  }

  /// Waits for the end of the thread. A second call returns at once.
  public func join() {
    guard let thread = handle.withLock({ $0.take() }) else { return }
    pthread_join(thread, nil)
  }

  /// Runs `body` on a thread of its own and waits for it: what it changes about its thread (a
  /// namespace, a priority) ends with it.
  ///
  /// - Parameter act: what the calling thread does meanwhile.
  public static func sync<Result, Failure: Error>(
    named name: String, meanwhile act: () -> Void = {}, _ body: () throws(Failure) -> Result
  ) throws -> Result {
    var outcome: Swift.Result<Result, any Error>?
    try withoutActuallyEscaping(body) { body in
      let box = Box {
        do { outcome = .success(try body()) } catch { outcome = .failure(error) }
      }
      let thread = try Thread(named: name) { box.call() }
      act()
      thread.join()
    }
    guard let outcome else { fatalError("thread \(name) ended without an outcome") }
    return try outcome.get()
  }
}

/// The caller lets only the one thread call it, and waits for that: so it never runs twice at once.
private struct Box: @unchecked Sendable {
  let call: () -> Void
}

private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument = unsafe argument else { return nil }
  let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  _ = unsafe cl_set_thread_name(start.name)
  start.body()
  return nil
}
