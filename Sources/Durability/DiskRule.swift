/// What a disk does to requests that it would otherwise serve well.
public struct DiskRule: Hashable, Sendable {
  /// What becomes of a request.
  public enum Effect: Hashable, Sendable {
    /// It is answered with an error, and nothing happens.
    case fail(DiskFailure)
    /// It is served later: by the latency, and by the time that its bytes take at the bandwidth, counted
    /// for all requests together; nil for no bound.
    case slow(latency: Duration, bytesPerSecond: Int?)
  }

  public var effect: Effect
  /// What kinds of requests it is about.
  public var operations: Set<DiskOperation>
  /// Which files and folders, by their paths on the disk.
  public var paths: PathPattern
  /// How many requests of servers it meets; nil for all. Those of the harness' probes are not counted.
  public var most: Int?

  /// A rule for everything that it names.
  public init(
    _ effect: Effect, on operations: Set<DiskOperation>, of paths: PathPattern, most: Int? = nil
  ) {
    self.effect = effect
    self.operations = operations
    self.paths = paths
    self.most = most
  }
}

/// A kind of request to a disk.
public enum DiskOperation: String, Hashable, Sendable, CaseIterable {
  case read
  /// A write within the room that a file has.
  case write
  /// A write, or a call that reserves room, beyond that.
  case grow
  case sync
  /// A new name: a file, a folder, a link.
  case create
  case remove, rename, truncate
  /// A change of owner, mode or times.
  case change
  /// Opening a file that exists so that it may be written.
  case openToWrite = "open-to-write"
}

/// An error that a disk answers with.
public enum DiskFailure: String, Hashable, Sendable {
  /// EIO.
  case io
  /// ENOSPC.
  case full
  /// EROFS.
  case readOnly = "read-only"

  /// The name of the error: `EIO`.
  public var code: String {
    switch self {
    case .io: "EIO"
    case .full: "ENOSPC"
    case .readOnly: "EROFS"
    }
  }
}

/// How often a rule met a request.
public struct DiskHits: Hashable, Sendable {
  /// Requests of servers.
  public var own = 0
  /// Requests of the harness' probes.
  public var probes = 0

  /// None yet.
  public init(own: Int = 0, probes: Int = 0) {
    self.own = own
    self.probes = probes
  }
}

/// The files of the harness on a disk, which are told from those of servers by their names.
public enum DiskProbeName {
  /// What every such name has in it.
  public static let words = ".faultline-probe"

  /// Whether a file of the harness has that path.
  public static func isOne(_ path: String) -> Bool {
    path.split(separator: "/").last?.contains(words) ?? false
  }
}
