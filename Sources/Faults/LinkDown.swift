public import Basics
public import Histories

/// Takes a node's carrier away, as if its cable were pulled: unlike a partition, the node sees it.
///
/// Confirmed by the node's own view of its interfaces, which must last until it is healed.
public struct LinkDown: Fault {
  public static let name = "link-down"
  public static let summary = "Takes the carrier of a node's interfaces away; the node sees it."
  public static let schema = Schema.empty
  public static let aim = Aim.nodes
  public static let mustLast = true
  public static let meansBareNodes = true

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func reach(on targets: Targets) -> FaultReach { .away }

  public func holds(on targets: Targets) -> Set<Hold> {
    Set(targets.nodes.map { .carrierless($0) })
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for node in targets.nodes {
      attempts.attempt { () throws(FaultError) in try cluster.setCarrier(of: node, isUp: false) }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    try targets.nodes.confirmed("\(listed(targets.nodes)) sees no carrier") {
      node throws(FaultError) in
      try cluster.hasCarrier(node) ? "\(node) still sees a carrier" : nil
    }
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    var attempts = Attempts()
    for node in targets.nodes where !others.contains(.carrierless(node)) {
      attempts.attempt { () throws(FaultError) in try cluster.setCarrier(of: node, isUp: true) }
    }
    try attempts.finish()
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    let nodes = targets.nodes.filter {
      !others.contains(.carrierless($0)) && !others.contains(.powerless($0))
    }
    guard !nodes.isEmpty else { return .yes("left to the healing of another fault") }
    return try nodes.confirmed("\(listed(nodes)) sees a carrier again") {
      node throws(FaultError) in
      try cluster.hasCarrier(node) ? nil : "\(node) sees no carrier yet"
    }
  }
}
