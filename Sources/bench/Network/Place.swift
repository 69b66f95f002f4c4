import CLinux
import Dispatch
import Glibc
import Synchronization

/// A thread with a network namespace of its own, for measurements between real network stacks.
final class Place: Sendable {
  private let tasks = Mutex<[@Sendable () -> Void]>([])
  private let wakeup = DispatchSemaphore(value: 0)

  /// The thread lives as long as the benchmark, and the namespace with it.
  init() {
    startThread { [self] in
      while true {
        wakeup.wait()
        tasks.withLock { $0.removeFirst() }()
      }
    }
    let result = run { clinux_thread_leave_network() }
    guard result == 0 else { fatalError("cannot make a namespace: errno \(-result)") }
    shell("ip link set lo up")
  }

  /// Where the namespace can be opened by others.
  var path: String {
    run {
      var target = [UInt8](repeating: 0, count: 64)
      let count = target.withUnsafeMutableBytes { memory in
        readlink("/proc/thread-self", memory.baseAddress!, memory.count)
      }
      return "/proc/\(String(decoding: target[..<max(0, count)], as: UTF8.self))/ns/net"
    }
  }

  /// Runs `body` in the namespace and waits for it.
  func run<Answer: Sendable>(_ body: @escaping @Sendable () -> Answer) -> Answer {
    let answer = Box<Answer>()
    let done = start { answer.value.withLock { $0 = body() } }
    done.wait()
    return answer.value.withLock { $0! }
  }

  /// Runs `body` in the namespace; the semaphore is raised when it has returned.
  func start(_ body: @escaping @Sendable () -> Void) -> DispatchSemaphore {
    let done = DispatchSemaphore(value: 0)
    tasks.withLock {
      $0.append {
        body()
        done.signal()
      }
    }
    wakeup.signal()
    return done
  }

  func shell(_ line: String) {
    let status = run { system(line) }
    guard status == 0 else { fatalError("failed: \(line)") }
  }
}

/// A value that one thread leaves for another.
final class Box<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
}

/// Runs `body` on a thread of its own that nobody waits for.
func startThread(_ body: @escaping @Sendable () -> Void) {
  let work = Unmanaged.passRetained(ThreadBody(body))
  var thread = pthread_t()
  let result = pthread_create(
    &thread, nil,
    { argument in
      Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, work.toOpaque())
  guard result == 0 else { fatalError("cannot start a thread") }
  pthread_detach(thread)
}

private final class ThreadBody: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
