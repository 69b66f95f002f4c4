public import Basics
public import Stacks

/// Nodes go on sending what is for an address to whoever had it, though another has it now: the announcement of a
/// move (a gratuitous ARP) was lost on its way to them, and nobody refreshes what they know.
///
/// Takes effect when the address moves, or at once with `towards`. Confirmed by the nodes' own neighbour tables
/// beside the addresses that the others hold.
public struct StaleNeighbours: Fault {
  public static let name = "stale-neighbours"
  public static let summary =
    "Keeps nodes sending what is for an address to the node that had it, whoever takes it."
  public static let schema = Schema([
    .init(
      "address", .text, "The floating address, by its name in the stack.", isRequired: true,
      example: "vip"),
    .init(
      "towards", .text,
      "The node that they send to; without it, the one that holds the address when it begins."),
  ])
  public static let aim = Aim.nodes
  public static let meansBareNodes = true
  public static let confirmation =
    "By each node's own neighbour table, whose entry leads to one node while another holds the address."

  /// The floating address, by name.
  public let address: String
  /// Whom they send to; nil for who holds it when the fault begins.
  public let holder: NodeID?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    address = settings.text("address") ?? ""
    holder = settings.text("towards").map { NodeID($0) }
  }

  public var text: String { "stale neighbour entries for \(address) on" }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard let floating = stack.address(named: address) else {
      let known = stack.addresses.map(\.name).joined(separator: ", ")
      return FaultSettingsError(
        "address",
        "there is no floating address '\(address)'"
          + (known.isEmpty ? "; the stack has none" : "; there is \(known)"))
    }
    if let holder, stack.node(holder)?.interface(on: floating.network) == nil {
      return FaultSettingsError(
        "towards", "there is no node '\(holder)' on the network of '\(address)'")
    }
    guard case .target(let target, _) = aim, let nodes = target.nodes(in: stack) else { return nil }
    if let node = nodes.first(where: { $0.interface(on: floating.network) == nil }) {
      return FaultSettingsError(
        "target",
        "\(node.id) is not on the network of '\(address)': it asks a router, not a neighbour")
    }
    if let holder, nodes.contains(where: { $0.id == holder }) {
      return FaultSettingsError("towards", "\(holder) would have to be its own neighbour")
    }
    return nil
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    let ip = try floating(in: cluster).ip
    let holder = if let holder { holder } else { try owner(on: cluster) }
    var attempts = Attempts()
    for node in targets.nodes {
      attempts.attempt { () throws(FaultError) in
        guard node != holder else {
          throw FaultError("\(text) \(node)", "it holds the address itself")
        }
        try cluster.fixNeighbour(ip, of: node, at: holder)
      }
    }
    try attempts.finish()
  }

  public func holds(on targets: Targets) -> Set<Hold> {
    Set(targets.nodes.map { .neighbour($0, address) })
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    let ip = try floating(in: cluster).ip
    let owners = try cluster.owners(of: address)
    var entries: [String] = []
    for node in targets.nodes {
      guard let entry = try cluster.neighbour(ip, of: node), entry.isFixed else {
        return .no("\(node) has no lasting entry for \(address)")
      }
      guard !owners.isEmpty else { return .notYet("nobody holds \(address)") }
      if let holder = entry.holder, owners.contains(holder) {
        return .notYet("\(node) sends to \(holder), which holds \(address)")
      }
      let place = entry.hardwareAddress.map { " (\($0))" } ?? ""
      entries.append(
        "\(node) sends what is for \(address) to \(entry.holder?.text ?? "nobody")\(place)")
    }
    return .yes("\(entries.joined(separator: "; ")), and \(listed(owners)) holds it")
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    let ip = try floating(in: cluster).ip
    var attempts = Attempts()
    for node in targets.nodes where !others.contains(.neighbour(node, address)) {
      attempts.attempt { () throws(FaultError) in try cluster.releaseNeighbour(ip, of: node) }
    }
    try attempts.finish()
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    let ip = try floating(in: cluster).ip
    let nodes = targets.nodes.filter { !others.contains(.neighbour($0, address)) }
    guard !nodes.isEmpty else { return .yes("left to the healing of another fault") }
    return try nodes.confirmed("\(listed(nodes)) may learn anew who has \(address)") {
      node throws(FaultError) in
      try cluster.neighbour(ip, of: node)?.isFixed == true
        ? "\(node) still has a lasting entry for \(address)" : nil
    }
  }

  private func floating(in cluster: some Cluster) throws(FaultError) -> ResolvedStack.Address {
    guard let floating = cluster.stack.address(named: address) else {
      throw FaultError("find who has \(address)", "there is no such address")
    }
    return floating
  }

  private func owner(on cluster: some Cluster) throws(FaultError) -> NodeID {
    let owners = try cluster.owners(of: address)
    guard owners.count == 1 else {
      throw FaultError(
        "find who has \(address)", owners.isEmpty ? "nobody holds it" : "\(listed(owners)) hold it")
    }
    return owners[0]
  }
}
