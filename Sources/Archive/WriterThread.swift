internal import Glibc
import Synchronization

/// A thread that flushes at an interval until it is stopped.
struct WriterThread: Sendable {
  private let thread: pthread_t
  private let context: Context

  private final class Context: Sendable {
    let core: WriterCore
    let intervalMicroseconds: UInt32
    let isStopped = Atomic(false)

    init(_ core: WriterCore, _ intervalMicroseconds: UInt32) {
      self.core = core
      self.intervalMicroseconds = intervalMicroseconds
    }

    func run() {
      while !isStopped.load(ordering: .acquiring) {
        // A failure is kept by the core, which the harness asks; the thread goes on draining.
        do { try core.flush() } catch {}
        usleep(intervalMicroseconds)
      }
    }
  }

  init(_ core: WriterCore, every interval: Duration) throws(ArchiveError) {
    let (seconds, attoseconds) = interval.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    context = Context(core, UInt32(clamping: max(1, min(microseconds, 1_000_000))))
    thread = try WriterThread.start(context)
  }

  /// Signals stay with the threads that were there before.
  private static func start(_ context: Context) throws(ArchiveError) -> pthread_t {
    var all = sigset_t()
    var before = sigset_t()
    _ = unsafe sigfillset(&all)
    _ = unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let box = unsafe Unmanaged.passRetained(context)
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Context>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      unsafe box.release()
      throw .file(path: "history.sqlite", errno: code, attempt: "start the writer's thread")
    }
    return thread
  }

  /// Stops the thread and waits for it, at most for one batch.
  func stop() {
    context.isStopped.store(true, ordering: .releasing)
    _ = pthread_join(thread, nil)
  }
}
