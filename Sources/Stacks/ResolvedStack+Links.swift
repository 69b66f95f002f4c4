public import Basics

extension ResolvedStack {
  /// What some ways are like as long as nothing is done to them, the same in both directions.
  public struct Link: Hashable, Sendable {
    /// Which ways are meant.
    public enum Ends: Hashable, Sendable {
      /// Between each node of the one site and each of the other.
      case sites(SiteID, SiteID)
      /// Between two nodes.
      case nodes(NodeID, NodeID)
      /// Between each two nodes of a network, there only.
      case network(String)
    }

    /// Which ways are meant.
    public var ends: Ends
    /// One way.
    public var delay: Duration
    /// How much more or less than `delay` a packet takes, evenly spread; never more than `delay`.
    public var jitter: Duration
    /// The share of packets that are lost, each way.
    public var loss: Ratio
    /// The most that passes from one node to another; nil: no bound.
    public var rateBitsPerSecond: Int?
    /// How much may wait for that, in time at that rate.
    public var queue: Duration
    /// The largest IP packet, in bytes, that the interfaces on a network take; nil: as usual, 1500.
    public var mtu: Int?

    /// The longest that it holds a packet.
    public var longestHold: Duration {
      delay + jitter + (rateBitsPerSecond == nil ? .zero : queue)
    }

    /// `a – b`, `node web – node db`, `network lan`.
    public var endsText: String {
      switch ends {
      case .sites(let a, let b): "\(a) – \(b)"
      case .nodes(let a, let b): "node \(a) – node \(b)"
      case .network(let name): "network \(name)"
      }
    }

    /// What the way is like, in words; empty where it is perfect.
    public var text: String {
      var parts: [String] = []
      if delay > .zero {
        parts.append("delay \(delay.text)" + (jitter > .zero ? " ± \(jitter.text)" : ""))
      }
      if loss > .none { parts.append("loss \(loss)") }
      if let rateBitsPerSecond {
        let mbit = Decimal.trimmed(Double(rateBitsPerSecond) / 1e6, decimals: 2)
        parts.append("\(mbit) Mbit/s, queue \(queue.text)")
      }
      if let mtu { parts.append("MTU \(mtu)") }
      return parts.joined(separator: ", ")
    }
  }

  /// The longest that its links hold a packet on one hop, where several apply to it.
  public var longestHold: Duration {
    func longest(_ isMeant: (Link.Ends) -> Bool) -> Duration {
      links.filter { isMeant($0.ends) }.map(\.longestHold).max() ?? .zero
    }
    return longest { if case .sites = $0 { true } else { false } }
      + longest { if case .nodes = $0 { true } else { false } }
      + longest { if case .network = $0 { true } else { false } }
  }

  /// The nodes of a network, in the order written.
  public func nodes(on network: String) -> [StackNode] {
    nodes.filter { $0.interface(on: network) != nil }
  }

  /// The largest IP packet that an interface on a network takes; nil: as usual.
  public func mtu(of network: String) -> Int? {
    links.first { $0.ends == .network(network) }?.mtu
  }
}
