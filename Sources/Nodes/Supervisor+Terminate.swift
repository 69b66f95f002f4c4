public import Basics
internal import Glibc
internal import Linux

extension Supervisor {
  /// Asks a component's main process to end, and neither waits nor insists; that it ends is
  /// ordered from now on.
  public func terminate(_ instance: InstanceID) throws(NodesError) {
    let entry = try running(instance)
    order([instance])
    try system { () throws(Errno) in try entry.child.send(SIGTERM) }
  }
}
