#if CANARY
  public import Basics
  public import Histories
  public import Stacks

  /// A fault that does nothing and says that it did; see `Canary`.
  public struct LeftOut<Original: Fault>: Fault {
    public static var name: String { Original.name }
    public static var summary: String { Original.summary }
    public static var schema: Schema { Original.schema }
    public static var aim: Aim { Original.aim }
    public static var isAction: Bool { Original.isAction }
    public static var healsAtOnce: Bool { Original.healsAtOnce }
    public static var drawsOrder: Bool { Original.drawsOrder }
    public static var meansBareNodes: Bool { Original.meansBareNodes }
    public static var reachesSpares: Bool { Original.reachesSpares }
    public static var needs: Set<MachineNeed> { Original.needs }

    private let original: Original

    /// In the place of `original`.
    public init(_ original: Original) { self.original = original }

    public init(_ settings: Settings) throws(FaultSettingsError) {
      original = try Original(settings)
    }

    public var text: String { original.text }
    public var part: String { original.part }
    public func holds(on targets: Targets) -> Set<Hold> { original.holds(on: targets) }
    public func reach(on targets: Targets) -> FaultReach { original.reach(on: targets) }
    public func usesDisk(aimedAt aim: AimedAt) -> Bool { original.usesDisk(aimedAt: aim) }
    public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
      original.refusal(aimedAt: aim, in: stack)
    }

    public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {}
    public func confirm(on cluster: some Cluster, _ targets: Targets) throws(FaultError)
      -> Confirmation
    { .yes("a canary says so") }
    public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
      throws(FaultError)
    {}
    public func confirmHealed(
      on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>
    ) throws(FaultError) -> Confirmation { .yes("a canary says so") }
  }

  extension Fault {
    /// This, or nothing in its place.
    public var orLeftOut: any Fault { Canary.leavesOut(fault: Self.name) ? LeftOut(self) : self }
  }
#endif
