internal import CLinux
internal import Glibc
internal import Linux

/// Who is who in the user namespace of a run without root: user_namespaces(7).
public enum UserMapping: Hashable, Sendable {
  /// The run is root's own, and needs no user namespace.
  case none
  /// The user is root there, and so many of its subordinate numbers from `first` on are the users
  /// and groups from 1 on.
  case many(users: Subordinates, groups: Subordinates)
  /// The user is root there, and there is nobody else.
  case one(reason: String)

  /// A range of numbers that a user may give away: subuid(5), subgid(5).
  public struct Subordinates: Hashable, Sendable {
    /// The first of them, as the machine counts.
    public let first: UInt32
    /// How many they are.
    public let count: UInt32
  }

  /// What this process's user can have.
  public static func own() -> UserMapping {
    if geteuid() == 0 { return .none }
    for tool in ["newuidmap", "newgidmap"] {
      if Files.program(tool, in: Command.standardPath) == nil {
        return .one(reason: "\(tool) is not installed")
      }
    }
    guard let name = name(of: geteuid()) else {
      return .one(reason: "user \(geteuid()) has no name in /etc/passwd, which newuidmap needs")
    }
    let names = [name, String(geteuid())]
    guard let users = subordinates("/etc/subuid", names) else {
      return .one(reason: "/etc/subuid gives user \(geteuid()) no numbers")
    }
    guard let groups = subordinates("/etc/subgid", names) else {
      return .one(reason: "/etc/subgid gives user \(geteuid()) no numbers")
    }
    return .many(users: users, groups: groups)
  }

  /// Why servers cannot have users of their own, in a sentence; nil when they can.
  public var limit: String? {
    guard case .one(let reason) = self else { return nil }
    return "\(reason): every server runs as the one user there is, root of its node, so that what "
      + "refuses to be root does not start, and none is held back from another's files"
  }

  private static func subordinates(_ path: String, _ names: [String]) -> Subordinates? {
    for line in (try? Files.read(path))?.split(separator: "\n") ?? [] {
      let parts = line.split(separator: ":")
      guard parts.count == 3, names.contains(String(parts[0])), let first = UInt32(parts[1]),
        let count = UInt32(parts[2]), count > 0
      else { continue }
      return Subordinates(first: first, count: count)
    }
    return nil
  }

  private static func name(of user: uid_t) -> String? {
    guard let entry = unsafe getpwuid(user), let name = unsafe entry.pointee.pw_name else {
      return nil
    }
    return unsafe String(cString: name)
  }

  /// Gives a process, whose user namespace is new, its users.
  func map(_ pid: Int32) throws(NodesError) {
    switch self {
    case .none: return
    case .one:
      try system { () throws(Errno) in
        try Errno.check(cl_map_one_user(pid, geteuid(), getegid()), "map a user")
      }
    case .many(let users, let groups):
      try give("newuidmap", pid, geteuid(), users)
      try give("newgidmap", pid, getegid(), groups)
    }
  }

  private func give(
    _ tool: String, _ pid: Int32, _ own: UInt32, _ others: Subordinates
  ) throws(NodesError) {
    let words = [tool, "\(pid)", "0", "\(own)", "1", "1", "\(others.first)", "\(others.count)"]
    let path = Files.program(tool, in: Command.standardPath) ?? tool
    let arguments = CStrings(words)
    let variables = CStrings([])
    var child: pid_t = 0
    let code = unsafe posix_spawn(&child, path, nil, nil, arguments.pointer, variables.pointer)
    var status: Int32 = 0
    if code == 0 { _ = unsafe cl_wait(child, 0, &status) }
    guard code == 0, status == 0 else {
      throw .system(Errno(code == 0 ? EPERM : code, words.joined(separator: " ")))
    }
  }
}
