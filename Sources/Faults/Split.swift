public import Basics
internal import Links
public import Stacks

/// Cuts a group of nodes into parts, in one of the shapes that consensus is tried with; carriers stay up.
///
/// Who is in which part follows from the seed. The shapes are Jepsen's (`jepsen.nemesis`): halves, bridge,
/// majorities ring; and `alone`, in which nobody reaches anybody.
public struct Split: PathFault {
  /// Who reaches whom, of the nodes in their order.
  public enum Shape: String, Hashable, Sendable, CaseIterable {
    /// Two parts of equal size, or nearly: the larger comes first.
    case halves
    /// Two parts that only one node in the middle reaches.
    case bridge
    /// Each reaches a majority, and no two reach the same.
    case majoritiesRing = "majorities-ring"
    /// Nobody reaches anybody.
    case alone

    /// Fewer nodes make no such shape.
    public var fewest: Int {
      switch self {
      case .halves, .alone: 2
      case .bridge: 3
      case .majoritiesRing: 4
      }
    }

    /// Whether the nodes at two places of `count` still reach each other.
    public func joins(_ a: Int, _ b: Int, of count: Int) -> Bool {
      let half = (count + 1) / 2
      switch self {
      case .halves: return (a < half) == (b < half)
      case .bridge:
        let middle = count / 2
        return a == middle || b == middle || (a < middle) == (b < middle)
      case .majoritiesRing:
        let distance = abs(a - b)
        // A majority is count / 2 + 1 nodes: itself, and half of the others on either side.
        return min(distance, count - distance) <= (count / 2 + 1) / 2
      case .alone: return false
      }
    }
  }

  public static let name = "split"
  public static let summary =
    "Cuts a group of nodes into parts: halves, a bridge, a majorities ring."
  public static let schema = Schema.ofPath([
    .init(
      "shape", .choice(Shape.allCases.map(\.rawValue)),
      "Who reaches whom; with alone nobody reaches anybody.", default: Shape.halves.rawValue)
  ])
  public static let aim = Aim.nodes
  public static let mustLast = true
  public static let meansBareNodes = true
  public static let drawsOrder = true

  /// Who reaches whom.
  public let shape: Shape
  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    shape = settings.text("shape").flatMap(Shape.init) ?? .halves
    kind = try settings.packetKind()
  }

  var impairment: Impairment { .cut }
  var effect: String { "split (\(shape.rawValue))" }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard case .target(let target, _) = aim, let nodes = target.nodes(in: stack),
      nodes.count < shape.fewest
    else { return nil }
    return FaultSettingsError(
      "target",
      "'\(shape.rawValue)' takes \(shape.fewest) nodes at least, and these are \(nodes.count)")
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    let nodes = targets.nodes
    guard nodes.count >= shape.fewest else {
      throw FaultError(
        text, "it takes \(shape.fewest) nodes at least, and these are \(nodes.count)")
    }
    try impair(cluster, targets)
  }

  func paths(on targets: Targets) -> [Path] { paths(among: targets.nodes) }

  /// From each to whom it reaches no more.
  func paths(among nodes: [NodeID]) -> [Path] {
    nodes.indices.compactMap { place in
      let lost = nodes.indices.filter {
        $0 != place && !shape.joins(place, $0, of: nodes.count)
      }
      return lost.isEmpty ? nil : Path(from: [nodes[place]], to: Set(lost.map { nodes[$0] }))
    }
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    Partition.whole.judge(ways, traffic)
  }
}
