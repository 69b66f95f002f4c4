import Glibc
import ServiceGround

/// Tells a program when this replica begins to lead and when it ceases to, so that something follows the leader: a
/// floating address, say.
final class RoleNotice {
  private let membership: Membership
  private let tell: (ReplicaRole) -> Void
  private var wasLeader = false

  /// - Parameter tell: is given the role that the replica has now.
  init(_ membership: Membership, tell: @escaping (ReplicaRole) -> Void) {
    self.membership = membership
    self.tell = tell
  }

  /// Looks once.
  func look(_ role: ReplicaRole) {
    let isLeader = role == .leader
    guard isLeader != wasLeader else { return }
    wasLeader = isLeader
    if !isLeader, membership.has(.addressKeptAfterLosingRole) { return }
    tell(role)
  }

  /// Looks for ever.
  func watch(_ handler: any CallHandler) -> Never {
    while true {
      look(handler.status.role)
      Clock.pause(microseconds: 20_000)
    }
  }

  /// Runs a program with the role as its one argument, and waits for its end.
  static func run(_ program: String, _ role: ReplicaRole) {
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(role.rawValue), nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    guard posix_spawn(&child, program, nil, nil, &arguments, environ) == 0 else {
      return TwositeStore.log("--notify: '\(program)' cannot be run")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    if status != 0 { TwositeStore.log("--notify: '\(program) \(role.rawValue)' failed") }
  }
}
