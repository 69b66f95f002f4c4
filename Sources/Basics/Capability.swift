/// A piece of root's power, by its name without `CAP_`: capabilities(7).
public enum Capability: String, CaseIterable, Sendable {
  // In the kernel's order, which is their number: <linux/capability.h>.
  case chown = "CHOWN"
  case overrideAccess = "DAC_OVERRIDE"
  case readAnything = "DAC_READ_SEARCH"
  case owner = "FOWNER"
  case keepSetIDBits = "FSETID"
  case kill = "KILL"
  case setGroup = "SETGID"
  case setUser = "SETUID"
  case dropCapabilities = "SETPCAP"
  case makeImmutable = "LINUX_IMMUTABLE"
  case bindLowPorts = "NET_BIND_SERVICE"
  case broadcast = "NET_BROADCAST"
  case network = "NET_ADMIN"
  case rawSockets = "NET_RAW"
  case lockMemory = "IPC_LOCK"
  case messageOwner = "IPC_OWNER"
  case modules = "SYS_MODULE"
  case rawDevices = "SYS_RAWIO"
  case chroot = "SYS_CHROOT"
  case trace = "SYS_PTRACE"
  case accounting = "SYS_PACCT"
  case administer = "SYS_ADMIN"
  case reboot = "SYS_BOOT"
  case priorities = "SYS_NICE"
  case exceedLimits = "SYS_RESOURCE"
  case clocks = "SYS_TIME"
  case terminals = "SYS_TTY_CONFIG"
  case makeDevices = "MKNOD"
  case leases = "LEASE"
  case writeAudit = "AUDIT_WRITE"
  case controlAudit = "AUDIT_CONTROL"
  case setFileCapabilities = "SETFCAP"
  case overrideLabels = "MAC_OVERRIDE"
  case setLabels = "MAC_ADMIN"
  case kernelLog = "SYSLOG"
  case wakeAlarms = "WAKE_ALARM"
  case blockSuspend = "BLOCK_SUSPEND"
  case readAudit = "AUDIT_READ"
  case measure = "PERFMON"
  case filters = "BPF"
  case checkpoint = "CHECKPOINT_RESTORE"

  /// The kernel's number for it.
  public var number: Int { Capability.allCases.firstIndex(of: self) ?? 0 }

  /// Whether a process that has it still cannot reach beyond its node: what it rules is the node's
  /// own network, files, processes and messages.
  public var staysInside: Bool {
    switch self {
    case .chown, .overrideAccess, .owner, .keepSetIDBits, .kill, .setGroup, .setUser,
      .dropCapabilities, .bindLowPorts, .broadcast, .network, .rawSockets, .lockMemory,
      .messageOwner, .chroot, .priorities, .leases, .writeAudit:
      true
    default: false
    }
  }
}

/// Capabilities as the kernel counts them: bit n is number n.
public struct CapabilitySet: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt64

  /// The set of these bits, whatever they stand for.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The set of these.
  public init(_ capabilities: some Sequence<Capability>) {
    rawValue = capabilities.reduce(0) { $0 | 1 << UInt64($1.number) }
  }

  /// Everything that does not open a node's walls: what an operator has on a node.
  public static let inside = CapabilitySet(Capability.allCases.filter(\.staysInside))
}
