public import Basics
internal import Packets
public import Links

/// What passed on a segment where everything should be encrypted.
public struct HeardLine: Sendable {
  /// A stretch in which packets passed in clear, one at most a second after another.
  public struct Spell: Sendable {
    /// When the first passed.
    public internal(set) var first: Instant
    /// When the last passed.
    public internal(set) var last: Instant
    /// How many there were.
    public internal(set) var packets: Int
    /// The node that sent the first onto the segment.
    public let node: NodeID
    /// Who sent the first and whom it was for, as it says itself; nil where it is not of IP.
    public let ends: (source: IPAddress, target: IPAddress)?
    /// What the first was: `TCP to port 5432`.
    public let what: String
  }

  /// Which segment.
  public let segment: SegmentID
  /// How many packets exchanged keys.
  public internal(set) var keys = 0
  /// How many were encrypted.
  public internal(set) var sealed = 0
  /// How many pieces nobody can tell the content of.
  public internal(set) var pieces = 0
  /// How many passed in clear.
  public internal(set) var clear = 0
  /// From whom encrypted packets came; at most 64 are remembered.
  public internal(set) var senders: Set<IPAddress> = []
  /// When something passed in clear, in order; at most 64 stretches, the last of which then goes on.
  public internal(set) var spells: [Spell] = []

  /// A segment on which nothing was heard yet.
  public init(_ segment: SegmentID) { self.segment = segment }

  private static let most = 64
  private static let gap = Duration.seconds(1)

  mutating func note(_ frame: RawSpan, from node: NodeID, at now: Instant) {
    switch LineTraffic(reading: frame) {
    case .keys: keys += 1
    case .sealed:
      sealed += 1
      if senders.count < Self.most, let ends = Self.ends(frame) { senders.insert(ends.source) }
    case .housekeeping: break
    case .piece: pieces += 1
    case .clear(let what): noteClear(what, frame, from: node, at: now)
    }
  }

  private mutating func noteClear(
    _ what: String, _ frame: RawSpan, from node: NodeID, at now: Instant
  ) {
    clear += 1
    if let last = spells.indices.last,
      spells[last].last.duration(to: now) <= Self.gap || spells.count == Self.most
    {
      spells[last].last = now
      spells[last].packets += 1
      return
    }
    spells.append(
      Spell(first: now, last: now, packets: 1, node: node, ends: Self.ends(frame), what: what))
  }

  private static func ends(_ frame: RawSpan) -> (source: IPAddress, target: IPAddress)? {
    if let header = IPv4Header(reading: frame) {
      return (IPAddress(header.source), IPAddress(header.target))
    }
    return IPv6Header(reading: frame).map { ($0.source, $0.target) }
  }
}
