import Basics
import Clocks
public import Experiments
public import Faults
import Disk
import Glibc
import Linux
import Nodes

/// What this machine can and cannot do for a run, each with its remedy. What a run needs is tried,
/// not looked up, so that `doctor` and `run` never disagree.
public struct Doctor: Sendable {
  /// One thing that was tried or looked at, and what came of it.
  public struct Check: Sendable {
    /// As `doctor --json` prints it: `user`, `tun`, `cgroup2`.
    public let name: String
    /// Whether the machine has it, or lets it be done.
    public let isGood: Bool
    /// Nothing runs without it.
    public let isRequired: Bool
    /// What was found.
    public let found: String
    /// What to do when it is not good.
    public let remedy: String

    /// `remedy` may be empty where the check is good.
    public init(name: String, isGood: Bool, isRequired: Bool, found: String, remedy: String) {
      self.name = name
      self.isGood = isGood
      self.isRequired = isRequired
      self.found = found
      self.remedy = remedy
    }
  }

  /// Tries nothing yet; `checks` does.
  public init() {}

  /// Tries everything anew, what a run needs first; nothing that it makes is left.
  public func checks() -> [Check] {
    [user] + required + [cgroup, limits, fuse, ipv6, realtime, movedClocks]
  }

  /// What every run needs.
  private var required: [Check] { [tun, rehearsal] }

  /// The first reason why nothing can run here; nil when something can.
  public func obstacle() -> String? {
    required.first { !$0.isGood }.map { "\($0.found): \($0.remedy)" }
  }

  /// The first reason why this plan cannot be run here, what its faults need included; nil when it can.
  public func obstacle(to plan: Plan) -> String? {
    let lacking = MachineNeed.allCases.filter(plan.needs.contains).map(check).first { !$0.isGood }
    return obstacle() ?? lacking.map { "\($0.found): \($0.remedy)" }
  }

  /// What this machine cannot do of what only some faults and stacks need, each with the reason and the remedy.
  public var lacking: [MachineNeed: String] {
    var reasons: [MachineNeed: String] = [:]
    for need in MachineNeed.allCases {
      let check = check(need)
      if !check.isGood { reasons[need] = "\(check.found): \(check.remedy)" }
    }
    return reasons
  }

  private func check(_ need: MachineNeed) -> Check {
    switch need {
    case .movedClocks: movedClocks
    case .ownDisks: fuse
    case .ipv6: ipv6
    }
  }

  /// Whether servers can have the users that they are made for.
  private var user: Check {
    let mapping = UserMapping.own()
    let found =
      switch mapping {
      case .none: "runs as root"
      case .many(let users, _):
        "runs as user \(geteuid()), root in a user namespace with \(users.count) more users"
      case .one: "runs as user \(geteuid()); \(mapping.limit ?? "")"
      }
    return Check(
      name: "user", isGood: mapping.limit == nil, isRequired: false, found: found,
      remedy: "install the Debian package uidmap and give the user numbers in /etc/subuid and "
        + "/etc/subgid (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 NAME), or "
        + "run as root")
  }

  private var tun: Check {
    let path = "/dev/net/tun"
    let isThere = Files.exists(path)
    let opened = Result { () throws(Errno) in try Descriptor.open(path, .readWrite).raw }
    var found = "\(path) can be opened"
    if case .failure(let error) = opened { found = "\(error)" }
    return Check(
      name: "tun", isGood: (try? opened.get()) != nil, isRequired: true, found: found,
      remedy: isThere
        ? "run as root, or let this user open it"
        : "load the module (modprobe tun), and in a container pass the device in")
  }

  /// What a stack with `subnet6` needs.
  private var ipv6: Check {
    let isThere = Files.exists("/proc/sys/net/ipv6")
    return Check(
      name: "ipv6", isGood: isThere, isRequired: false,
      found: isThere ? "the kernel speaks IPv6" : "the kernel does not speak IPv6",
      remedy:
        "start the kernel without ipv6.disable=1, or take a stack whose networks have no subnet6")
  }

  /// What a run does first, in a process that leaves nothing.
  private var rehearsal: Check {
    var refusal: Rehearsal.Refusal?
    do throws(Rehearsal.Refusal) { try Rehearsal.run() } catch { refusal = error }
    return Check(
      name: "namespaces", isGood: refusal == nil, isRequired: true,
      found: refusal.map { "\($0.error)" }
        ?? "namespaces, mounts, a host name, a TAP and a first process in them can be made",
      remedy: refusal.map { Self.remedy($0) } ?? "")
  }

  private static func remedy(_ refusal: Rehearsal.Refusal) -> String {
    switch refusal.step {
    case .namespaces where refusal.error.isUnsupported:
      "use a kernel with CONFIG_NAMESPACES"
    case .first:
      "let programs be executed from memory (sysctl vm.memfd_noexec=0), and use a kernel that gives "
        + "each PID namespace a /proc of its own"
    case _ where geteuid() != 0:
      "run as root, or let ordinary users have user namespaces" + userRemedy
    case .namespaces, .mounts, .hostname:
      "it takes the capability CAP_SYS_ADMIN and, in a container, a profile that allows it: "
        + "run as root on the machine itself, or start the container privileged"
    case .tap:
      "it takes the capability CAP_NET_ADMIN and the device /dev/net/tun"
    }
  }

  /// What keeps ordinary users from user namespaces on this machine, where a setting says so.
  private static var userRemedy: String {
    let settings = [
      ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
      ("kernel.unprivileged_userns_clone", "0", "1"), ("user.max_user_namespaces", "0", "10000"),
    ]
    let found = settings.first { name, bad, _ in
      let path = "/proc/sys/" + name.map { $0 == "." ? "/" : String($0) }.joined()
      return (try? Files.read(path)) == bad + "\n"
    }
    guard let (name, bad, good) = found else { return "" }
    return " (here \(name) is \(bad): sysctl \(name)=\(good))"
  }

  private var cgroup: Check {
    let limits = Rehearsal.cgroup()
    return Check(
      name: "cgroup2", isGood: limits.isEmpty, isRequired: false,
      found: limits.first ?? "cgroups can be made and removed",
      remedy: "mount cgroup2 where it can be written; without it pausing and killing go process "
        + "by process")
  }

  /// Whether a node that takes too much is held back.
  private var limits: Check {
    let missing = Rehearsal.unbounded()
    return Check(
      name: "limits", isGood: missing.isEmpty, isRequired: false,
      found: missing.isEmpty
        ? "the processes, files and memory of a node can be bounded"
        : "nothing here bounds the \(missing.joined(separator: " and ")) of a node",
      remedy: "let cgroup2 have the controllers pids and memory and pass them on to this cgroup "
        + "(as systemd does with Delegate=yes); without them `limits` of a node bound less")
  }

  /// Whether the clock of a running process can be moved: tried on one of its own.
  private var movedClocks: Check {
    let refusal = Clockmaker.rehearse()
    return Check(
      name: "clocks", isGood: refusal == nil, isRequired: false,
      found: refusal.map { "faults of clocks cannot be had: \($0)" }
        ?? "the clock of a process can be moved and put right again",
      remedy: "it takes an x86-64 kernel whose vDSO has room for it, and ptrace: in a "
        + "container allow it (CAP_SYS_PTRACE, a seccomp profile with ptrace), and elsewhere set "
        + "kernel.yama.ptrace_scope below 3")
  }

  /// Whether nodes can have disks of ours.
  private var fuse: Check {
    let obstacle = DiskMount.obstacle()
    return Check(
      name: "fuse", isGood: obstacle == nil, isRequired: false,
      found: obstacle?.description ?? "\(DiskMount.device) can be opened",
      remedy: Files.exists(DiskMount.device)
        ? "run as root, or let this user open it"
        : "load the module (modprobe fuse), and in a container pass the device in; without it no "
          + "experiment can lose power or damage a disk")
  }

  private var realtime: Check {
    var parameters = sched_param()
    unsafe sched_getparam(0, &parameters)
    var wanted = sched_param()
    wanted.sched_priority = 1
    let policy = sched_getscheduler(0)
    let isAllowed = unsafe sched_setscheduler(0, SCHED_FIFO, &wanted) == 0
    if isAllowed { unsafe sched_setscheduler(0, policy, &parameters) }
    return Check(
      name: "real-time", isGood: isAllowed, isRequired: false,
      found: isAllowed ? "real-time priority is allowed" : "real-time priority is refused",
      remedy: "allow it (ulimit -r 1); without it delays are exact to a millisecond only")
  }
}
