public import Basics
public import Durability

/// The disks of nodes. An experiment that loses power or has a fault of a disk gives every node that it
/// may be about a disk of ours; other nodes have plain folders.
public protocol ClusterDisks {
  /// What the node's disk lost when its power was taken away last; nil where the node has plain folders,
  /// which lose nothing.
  func losses(of node: NodeID) throws(FaultError) -> DiskLosses?
  /// Takes the node's power away in the middle of a write: like `ClusterPower.powerOff`, but the last write
  /// that was not durable keeps its beginning.
  func powerOff(_ node: NodeID, tearing write: WriteCut) throws(FaultError)

  /// Begins a damage; before that, and as long as it lasts, probes of the harness' own read, write and
  /// sync a file of theirs that its paths cover.
  func damage(_ damage: DiskDamage) throws(FaultError)
  /// Ends the damage of that name; nothing when there is none.
  func repair(_ name: String) throws(FaultError)
  /// What was seen of a damage since it began; nil when there is none of that name.
  func evidence(of name: String) throws(FaultError) -> DiskEvidence?
  /// Asks once, by probes, whether the disk serves the instance's files well.
  func soundness(of damage: DiskDamage) throws(FaultError) -> DiskProbing

  /// Inverts a bit of a file of the instance's, on the medium; which one follows from the run's seed where
  /// it is not said.
  func flip(_ flip: BitChoice, of instance: InstanceID, named name: String) throws(FaultError)
  /// Reads the byte of that flip through the file system; nil where there was no such flip.
  func flipped(_ name: String) throws(FaultError) -> FlippedBit?
  /// Inverts it back where it is still inverted.
  func flipBack(_ name: String) throws(FaultError)
}

/// A rule on the disk of an instance, under a name.
public struct DiskDamage: Hashable, Sendable {
  /// Unique among the run's.
  public var name: String
  /// Whose files.
  public var instance: InstanceID
  /// Its paths are below the instance's own folder.
  public var rule: DiskRule

  /// Nothing is done until a cluster is told to `damage`.
  public init(name: String, instance: InstanceID, rule: DiskRule) {
    self.name = name
    self.instance = instance
    self.rule = rule
  }
}

/// What was seen of a damage.
public struct DiskEvidence: Hashable, Sendable {
  /// How often the rule met a request, as the disk counts.
  public var hits: DiskHits
  /// What the probes got before it began.
  public var before: DiskProbing
  /// Nil while no round has ended.
  public var since: DiskProbing?

  /// What is known so far.
  public init(hits: DiskHits, before: DiskProbing, since: DiskProbing?) {
    self.hits = hits
    self.before = before
    self.since = since
  }
}

/// One round of probes: what the harness got when it used a file of its own on the disk, through the
/// file system as a server sees it.
public struct DiskProbing: Hashable, Sendable {
  /// What came of one act.
  public struct Outcome: Hashable, Sendable {
    /// The error's name, such as `EIO`; nil for success.
    public var error: String?
    /// How long it took.
    public var took: Duration

    /// Nil for an error is success.
    public init(error: String?, took: Duration) {
      self.error = error
      self.took = took
    }
  }

  /// By what was done.
  public var outcomes: [DiskOperation: Outcome]

  /// A round of these acts.
  public init(_ outcomes: [DiskOperation: Outcome]) { self.outcomes = outcomes }

  /// Whether everything succeeded.
  public var isGood: Bool { outcomes.values.allSatisfy { $0.error == nil } }
}

/// A bit that was inverted, as it is now.
public struct FlippedBit: Hashable, Sendable {
  /// Below the instance's own folder.
  public var path: String
  /// In bytes from the start of the file.
  public var offset: Int
  /// From 0, the lowest.
  public var bit: Int
  /// The byte as it was.
  public var before: UInt8
  /// Nil where the file has no such byte now.
  public var now: UInt8?

  /// A bit of the file at that path.
  public init(path: String, offset: Int, bit: Int, before: UInt8, now: UInt8?) {
    self.path = path
    self.offset = offset
    self.bit = bit
    self.before = before
    self.now = now
  }

  /// Whether the bit is inverted now.
  public var isInverted: Bool { now.map { ($0 ^ before) >> UInt8(bit) & 1 == 1 } ?? false }
}
