public import Basics
public import Durability
public import Histories
internal import Stacks

/// A node loses its power in the middle of a write: of the last one that was not durable, the first
/// sectors reached the disk. Where none is under way the next is waited for, for a second at most.
///
/// Confirmed by the processes being gone, and by what the disk says it kept of which file. Healed by power.
public struct TornWrite: Fault {
  public static let name = "torn-write"
  public static let summary =
    "Takes a node's power away in the middle of a write, or of the next within a second; it is then half on the disk."
  public static let schema = Schema([
    .init("sectors", .count(1...2048), "How many sectors of 512 bytes of it stay.", default: "1"),
    .init(
      "path", .text,
      "Only a write to such a file counts as the last, as a pattern below the node's /run.",
      default: "**"),
  ])
  public static let aim = Aim.nodes

  /// What is kept of which write.
  public let cut: WriteCut

  public init(_ settings: Settings) throws(FaultSettingsError) {
    guard let paths = PathPattern(settings.text("path") ?? "**") else {
      throw FaultSettingsError("path", "a path without '.' and '..' is expected here")
    }
    cut = WriteCut(bytes: Int(settings.integer("sectors") ?? 1) * 512, paths: paths)
  }

  public func usesDisk(aimedAt aim: AimedAt) -> Bool { true }

  public func reach(on targets: Targets) -> FaultReach { .away }

  public func holds(on targets: Targets) -> Set<Hold> { Kill.power.holds(on: targets) }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for node in targets.nodes {
      attempts.attempt { () throws(FaultError) in
        guard try cluster.power(of: node).isOn else {
          throw FaultError("tear a write of \(node)", "it was without power already")
        }
        try cluster.powerOff(node, tearing: cut)
      }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    for node in targets.nodes {
      guard let losses = try cluster.losses(of: node) else {
        return .notYet("\(node) has plain folders, which lose nothing")
      }
      if losses.tornBytes == 0 {
        return .notYet(
          "no write to \(cut.paths.text) was under way on \(node) that was not durable")
      }
    }
    return try Kill.power.confirm(on: cluster, targets)
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    try Kill.power.heal(on: cluster, targets, sparing: others)
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    try Kill.power.confirmHealed(on: cluster, targets, sparing: others)
  }
}

/// What is kept of the last write.
public struct WriteCut: Hashable, Sendable {
  /// So many from its beginning.
  public var bytes: Int
  /// Only a write to one of these files counts, by their paths on the disk.
  public var paths: PathPattern
}
