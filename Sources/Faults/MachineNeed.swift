/// What not every machine lets a run do, and only some faults need: it is tried before such a run.
public enum MachineNeed: String, Hashable, Sendable, CaseIterable {
  /// The clock of a running process can be moved.
  case movedClocks = "moved clocks"
  /// Nodes can stand on disks of ours.
  case ownDisks = "disks of its own"
}
