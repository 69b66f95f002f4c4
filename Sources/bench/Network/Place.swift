import Glibc
import Linux
import Synchronization

/// A thread with a network namespace of its own, for measurements between real network stacks.
final class Place: Sendable {
  private let tasks = Mutex<[@Sendable () -> Void]>([])
  private let wakeup = Semaphore()

  /// The thread lives as long as the benchmark, and the namespace with it.
  init() {
    startThread { [self] in
      while true {
        wakeup.wait()
        tasks.withLock { $0.removeFirst() }()
      }
    }
    run {
      do throws(Errno) { try Namespaces.unshare([.network]) } catch { fatalError("\(error)") }
    }
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
    start(body).wait()
  }

  /// Runs `body` in the namespace; its answer arrives when it has returned.
  func start<Answer: Sendable>(_ body: @escaping @Sendable () -> Answer) -> Latch<Answer> {
    let answer = Latch<Answer>()
    tasks.withLock { $0.append { answer.set(body()) } }
    wakeup.raise()
    return answer
  }

  /// Keeps the thread on these processors, in the words of taskset(1): "0", "0-3".
  func pin(to processors: String) {
    let thread = path.split(separator: "/")[3]
    shell("taskset -pc \(processors) \(thread) > /dev/null")
  }

  func shell(_ line: String) {
    let status = run { system(line) }
    guard status == 0 else { fatalError("failed: \(line)") }
  }
}

/// Runs `body` on a thread of its own that nobody waits for.
func startThread(_ body: @escaping @Sendable () -> Void) {
  do { _ = try Linux.Thread(named: "bench", body) } catch { fatalError("\(error)") }
}
