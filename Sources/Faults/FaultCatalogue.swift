/// Every fault and every operator's step, by the name that experiments use.
public enum FaultCatalogue {
  /// What a step's `fault:` may name, in the order that lists show.
  public static let faults: [any Fault.Type] = [
    Kill.self, Terminate.self, Restart.self, Pause.self, CrashLoop.self,
    StartRefused.self, SlowStart.self, AddressLeft.self, Drain.self, HealthLies.self,
    SpotReclaim.self,
    Perform.self, LinkDown.self, Partition.self, Split.self,
    Flap.self, Delay.self, Loss.self, Duplicate.self, Reorder.self, Corrupt.self, Rate.self,
    BlackHole.self, ResetConnections.self, NeighbourSilence.self, StaleNeighbours.self,
    NamesFail.self,
    TornWrite.self, FsyncFails.self, DiskErrors.self, DiskReadOnly.self,
    DiskFull.self, DiskSlow.self, BitFlip.self, ClockJump.self, ClockDrift.self,
    ClockStrobe.self,
    CPUQuota.self, MemoryLimit.self, DescriptorsExhausted.self,
    ConnectionsHeld.self, PortsUsedUp.self, ProcessTableFull.self,
  ]

  /// What a step's `action:` may name: an operator's steps, none of which is healed.
  public static let actions: [any Fault.Type] = [
    Start.self, Stop.self, RollingRestart.self, Redeploy.self, Scale.self, Run.self, FailBack.self,
    Promote.self, HealAll.self,
  ]
}
