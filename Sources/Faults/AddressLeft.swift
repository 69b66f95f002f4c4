public import Basics
public import Stacks

/// A machine whose servers are all dead and whose kernel is not: whatever addresses it holds stay on
/// it, and it goes on answering for them.
///
/// Confirmed by its processes being gone and a floating address still being on it; healed by starting
/// its servers.
public struct AddressLeft: TakingDown {
  public static let name = "address-left"
  public static let summary =
    "Kills everything that runs on a node that holds a floating address; the address stays on it."
  public static let aim = Aim.nodes
  public static let mustLast = true
  public static let strikesOwners = true
  public static let confirmation =
    "By no process being left and the node's own list still having the address, to the end."

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public var text: String { "leave the address on the dead" }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard stack.addresses.isEmpty else { return nil }
    return FaultSettingsError(
      "target", "the stack has no floating address; 'kill' takes power away")
  }

  public func holds(on targets: Targets) -> Set<Hold> { Set(targets.nodes.map { .dead($0) }) }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try takeDown(targets.instances(in: cluster.stack), on: cluster) { instance throws(FaultError) in
      try cluster.signal(.kill, instance, mainOnly: false)
    }
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    let gone = try targets.confirmGone(on: cluster)
    guard gone.isConfirmed else { return gone }
    var left: [String] = []
    for address in cluster.stack.addresses {
      let owners = try cluster.owners(of: address.name)
      left += targets.nodes.filter(owners.contains).map { "\(address.name) on \($0)" }
    }
    return left.isEmpty
      ? .notYet("\(listed(targets.nodes)) holds no floating address")
      : .yes("\(gone.sentence); \(listed(left)) is left")
  }
}
