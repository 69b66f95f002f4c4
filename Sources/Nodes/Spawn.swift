internal import Basics
internal import CLinux
internal import Glibc
internal import Linux

/// Where a command is to run: the namespaces and the cgroup.
struct SpawnPlace: Sendable {
  /// Numbers of the descriptors that lead into namespaces; -1 stays in the caller's own.
  struct Namespaces: Sendable {
    var network: Int32 = -1
    var hostname: Int32 = -1
    var messages: Int32 = -1
    var mounts: Int32 = -1
    /// The pidfd of a process of the PID namespace.
    var processes: Int32 = -1
  }

  var namespaces = Namespaces()
  var cgroup: Int32?
  /// Inside a node's walls: no way to more privileges, and none beyond the node.
  var isConfined = false
  /// Variables that name the containment where there are no cgroups.
  var marks: [String: String] = [:]
}

extension Command {
  /// Starts the command there, in a session of its own; errors up to and including `execve`
  /// are thrown, with the file they are about.
  func spawn(in place: SpawnPlace) throws(NodesError) -> Spawned {
    let account = try knownAccount()
    let environment = filledIn(account).merging(place.marks) { $1 }
    let path = try located(environment["PATH"] ?? Command.standardPath)
    let log = try Streams(self, owner: account)
    let workingFolder = folder ?? "/"
    let arguments = CStrings([executable] + arguments)
    let variables = CStrings(environment.map { "\($0.key)=\($0.value)" }.sorted())
    var spawn = unsafe cl_spawn_request()
    unsafe spawn.arguments = unsafe arguments.pointer
    unsafe spawn.environment = unsafe variables.pointer
    let entered = place.namespaces
    unsafe spawn.namespaces = (
      entered.network, entered.hostname, entered.messages, entered.mounts
    )
    unsafe spawn.pids = entered.processes
    unsafe spawn.stdio = (input ?? -1, log.output, log.errors)
    unsafe spawn.takes_terminal = takesTerminal ? 1 : 0
    unsafe spawn.cgroup = place.cgroup ?? -1
    unsafe spawn.has_gate = gate == nil ? 0 : 1
    unsafe spawn.gate = gate ?? -1
    unsafe spawn.is_confined = place.isConfined ? 1 : 0
    let usual: CapabilitySet = account.map { $0.user == 0 } ?? true ? .inside : []
    unsafe spawn.capabilities = (capabilities ?? usual).rawValue
    let pid = unsafe path.withCString { path in
      unsafe workingFolder.withCString { folder in
        unsafe (account?.groups ?? []).withUnsafeBufferPointer { groups in
          unsafe spawn.path = unsafe path
          unsafe spawn.folder = unsafe folder
          if let account { unsafe spawn.become(account, groups) }
          return unsafe cl_spawn(&spawn)
        }
      }
    }
    if pid > 0 { return unsafe Spawned(pid: pid, pidfd: spawn.pidfd) }
    throw unsafe failure(spawn.stage, Errno(-pid, path).reason, path)
  }

  private func knownAccount() throws(NodesError) -> Account? {
    if let account { return account }
    guard let user else { return nil }
    let found = try system { () throws(Errno) in try Account.named(user, group: group) }
    guard let found else { throw .noSuchUser(user, group: group) }
    return found
  }

  private var userName: String { account?.name ?? user ?? "root" }

  private func filledIn(_ account: Account?) -> [String: String] {
    let standard = [
      "PATH": Command.standardPath, "LANG": "C.UTF-8", "HOME": account?.home ?? "/root",
      "USER": account?.name ?? "root", "LOGNAME": account?.name ?? "root",
    ]
    return environment.merging(standard) { given, _ in given }
  }

  private func located(_ searchPath: String) throws(NodesError) -> String {
    if executable.contains("/") { return executable }
    if let program = Files.program(executable, in: searchPath) { return program }
    throw .noSuchProgram(executable, path: searchPath)
  }

  private func failure(_ stage: Int32, _ reason: String, _ path: String) -> NodesError {
    let stages: [UInt32: String] = [
      CL_STAGE_CLONE.rawValue: "make a process",
      CL_STAGE_PIDS.rawValue: "be born among the node's processes",
      CL_STAGE_CGROUP.rawValue: "join its cgroup",
      CL_STAGE_NAMESPACE.rawValue: "enter the node's namespaces",
      CL_STAGE_STDIO.rawValue: "arrange its input and output",
      CL_STAGE_TERMINAL.rawValue: "take on its terminal",
      CL_STAGE_GROUPS.rawValue: "take on the groups of \(userName)",
      CL_STAGE_GROUP.rawValue: "take on the group of \(userName)",
      CL_STAGE_USER.rawValue: "become user \(userName)",
      CL_STAGE_CAPABILITIES.rawValue: "give up capabilities",
      CL_STAGE_WALLS.rawValue: "put up the walls of its node (no_new_privs, seccomp)",
      CL_STAGE_FOLDER.rawValue: "enter folder \(folder ?? "/") as \(userName)",
      CL_STAGE_EXECUTE.rawValue: "execute \(path)",
    ]
    let what = stages[UInt32(bitPattern: stage)] ?? "start"
    return .cannotStart(program: executable, stage: what, reason: reason)
  }
}

/// The descriptors of a child's output; log files stay open until it has its own.
private struct Streams: ~Copyable {
  let output: Int32
  let errors: Int32
  private let log: Descriptor?
  private let errorLog: Descriptor?

  init(_ command: Command, owner: Account?) throws(NodesError) {
    let log = try Streams.file(command.output, owner)
    let isShared = command.output == command.errors
    let errorLog = isShared ? nil : try Streams.file(command.errors, owner)
    output = Streams.number(command.output, log)
    errors = isShared ? output : Streams.number(command.errors, errorLog)
    self.log = log
    self.errorLog = errorLog
  }

  /// The file becomes the user's own: a server may open `/dev/stderr` anew.
  private static func file(
    _ output: Command.Output, _ owner: Account?
  ) throws(NodesError) -> Descriptor? {
    guard case .append(let path) = output else { return nil }
    return try system { () throws(Errno) in
      let file = try Descriptor.open(path, .append)
      if let owner {
        try Errno.retrying("give \(path) to \(owner.name)") {
          fchown(file.raw, owner.user, owner.group)
        }
      }
      return file
    }
  }

  private static func number(_ output: Command.Output, _ file: borrowing Descriptor?) -> Int32 {
    switch output {
    case .nowhere: -1
    case .descriptor(let raw): raw
    case .append: Streams.raw(file)
    }
  }

  private static func raw(_ file: borrowing Descriptor?) -> Int32 {
    switch file {
    case .some(let file): file.raw
    case .none: -1
    }
  }
}

extension cl_spawn_request {
  fileprivate mutating func become(_ account: Account, _ groups: UnsafeBufferPointer<UInt32>) {
    unsafe changes_user = 1
    unsafe user = account.user
    unsafe group = account.group
    unsafe keeps_groups = UserNumbers.maySetGroups ? 0 : 1
    unsafe self.groups = groups.baseAddress
    unsafe group_count = groups.count
  }
}
