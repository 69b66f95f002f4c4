/// Every fault and every operator's step, by the name that experiments use.
public enum FaultCatalogue {
  public static let faults: [any Fault.Type] = [
    Kill.self, Terminate.self, Restart.self, Pause.self, LinkDown.self, Partition.self,
    Delay.self, Loss.self,
  ]

  public static let actions: [any Fault.Type] = [
    Start.self, Stop.self, Promote.self, HealAll.self,
  ]
}
