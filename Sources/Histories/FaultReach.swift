public import Basics

/// What a fault does to those it is aimed at, as far as others judge or draw by it; recorded once, by whoever injects it.
public enum FaultReach: Hashable, Sendable {
  /// They are taken away from whoever needs them: killed, paused, without power, without a carrier.
  case away
  /// Something happens to packets on the way between nodes; the nodes themselves stay.
  case ways([Ways], Effect)
  /// Anything else: a disk, a clock, a limit, an act of a component's own.
  case other

  /// What becomes of packets on a way.
  public enum Effect: String, Hashable, Sendable, CaseIterable {
    /// None arrives.
    case cut
    /// Some arrive late, damaged, twice or not at all.
    case impaired
  }

  /// One direction between two groups of nodes: from each of the one to each of the other.
  public struct Ways: Hashable, Sendable {
    /// The nodes that send, sorted.
    public var from: [NodeID]
    /// The nodes that the packets are for, sorted.
    public var to: [NodeID]

    /// The way from each of `from` to each of `to`, in any order.
    public init(from: some Sequence<NodeID>, to: some Sequence<NodeID>) {
      self.from = from.sorted()
      self.to = to.sorted()
    }
  }
}

extension FaultReach {
  /// As files keep it: `away`; `other`; `cut` or `impaired`, and for each direction the nodes that send and those
  /// that the packets are for, each list in one text.
  package var texts: [String] {
    switch self {
    case .away: ["away"]
    case .other: ["other"]
    case .ways(let ways, let effect):
      [effect.rawValue]
        + ways.flatMap { [Self.joined($0.from), Self.joined($0.to)] }
    }
  }

  /// Nil for no text, and for what no file of this program has.
  package init?(texts: [String]) {
    switch texts.first {
    case "away" where texts.count == 1: self = .away
    case "other" where texts.count == 1: self = .other
    case .some(let word):
      guard let effect = Effect(rawValue: word), texts.count % 2 == 1 else { return nil }
      self = .ways(
        stride(from: 1, to: texts.count, by: 2).map {
          Ways(from: Self.nodes(texts[$0]), to: Self.nodes(texts[$0 + 1]))
        }, effect)
    case nil: return nil
    }
  }

  /// No name of a node has a space in it.
  private static func joined(_ nodes: [NodeID]) -> String {
    nodes.map(\.text).joined(separator: " ")
  }

  private static func nodes(_ text: String) -> [NodeID] {
    text.split(separator: " ").map { NodeID(String($0)) }
  }
}
