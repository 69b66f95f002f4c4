/// What not every machine lets a run do, and only some faults and stacks need: it is tried before such a run.
public enum MachineNeed: String, Hashable, Sendable, CaseIterable {
  /// The clock of a running process can be moved.
  case movedClocks = "moved clocks"
  /// The kernel speaks IPv6.
  case ipv6 = "IPv6"
  /// Nodes can stand on disks of ours.
  case ownDisks = "disks of its own"
}
