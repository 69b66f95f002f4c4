import Glibc
import Linux
import Synchronization

@testable import Fabric

/// A thread in a network namespace of its own, which does what it is told; the namespace goes with
/// it.
final class Place: Sendable {
  private struct Work {
    var tasks: [@Sendable () -> Void] = []
    var isOver = false
  }

  private let work = Mutex(Work())
  private let semaphore = Semaphore()
  private let thread: Mutex<Linux.Thread?>

  init() throws {
    thread = Mutex(nil)
    let started = try Linux.Thread(named: "place") { [unowned self] in serve() }
    thread.withLock { $0 = started }
    try run { Result { () throws(Errno) in try Namespaces.unshare([.network]) } }.get()
    try shell("ip link set lo up")
  }

  private func serve() {
    while true {
      semaphore.wait()
      let (task, isOver) = work.withLock { work in
        (work.tasks.isEmpty ? nil : work.tasks.removeFirst(), work.isOver)
      }
      task?()
      if task == nil && isOver { return }
    }
  }

  /// Runs `body` in the namespace and waits for it.
  func run<Answer: Sendable>(_ body: @escaping @Sendable () -> Answer) -> Answer {
    let reply = Latch<Answer>()
    work.withLock { $0.tasks.append { reply.set(body()) } }
    semaphore.raise()
    return reply.wait()
  }

  /// Runs a command line in the namespace.
  func shell(_ line: String) throws {
    let status = run { system(line) }
    guard status == 0 else { throw ShellFailure(line: line, status: status) }
  }

  struct ShellFailure: Error {
    let line: String
    let status: Int32
  }

  /// Ends the thread, and with it the namespace.
  func leave() {
    guard let thread = thread.withLock({ $0.take() }) else { return }
    work.withLock { $0.isOver = true }
    semaphore.raise()
    thread.join()
  }

  /// The names of all network devices in the namespace.
  func devices() -> [String] {
    run {
      guard let list = if_nameindex() else { return [] }
      defer { if_freenameindex(list) }
      var names: [String] = []
      var entry = list
      while entry.pointee.if_index != 0 {
        names.append(String(cString: entry.pointee.if_name))
        entry += 1
      }
      return names.sorted()
    }
  }
}
