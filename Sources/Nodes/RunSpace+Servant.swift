internal import Basics
internal import Linux
internal import Synchronization

/// A process of the runner's own, beside the nodes: in the run's namespaces, with this program's own
/// code. A thread waits for its end all the while, and it may ask to die with that thread.
public final class Servant: Sendable {
  private let child: Child
  private let thread: Linux.Thread

  /// How it ended; nil while it runs.
  public var end: Exit? { child.ended.current }

  fileprivate init(child: Child, thread: Linux.Thread) {
    self.child = child
    self.thread = thread
  }
}

extension RunSpace {
  /// Executes this program again as a servant, with one argument.
  ///
  /// - Parameter input: its standard input; stays the caller's.
  public func startServant(_ argument: String, input: Int32) throws(NodesError) -> Servant {
    var command = Command("/proc/self/exe", [argument], input: input)
    // What it serves belongs to any user of any node.
    command.capabilities = .inside
    let began = Latch<Result<Child, NodesError>>()
    let thread = try system { () throws(Errno) in
      try Linux.Thread(named: "servant") { [command, self] in
        let child = Result { () throws(NodesError) in
          try reaper.start { () throws(NodesError) in
            try command.spawn(in: SpawnPlace(cgroup: firsts?.folder.raw))
          }
        }
        began.set(child)
        if case .success(let child) = child { _ = child.ended.wait() }
      }
    }
    return Servant(child: try began.wait().get(), thread: thread)
  }
}
