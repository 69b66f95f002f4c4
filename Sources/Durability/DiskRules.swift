/// The rules of a disk, in the order they were made, and what they did so far.
public struct DiskRules: Sendable {
  /// What becomes of a request.
  public struct Fate: Hashable, Sendable {
    /// Answered with that error, once the delay is over.
    public var failure: DiskFailure?
    /// Nanoseconds of the caller's clock, from now.
    public var delay: Int64 = 0

    /// Served at once.
    public static let served = Fate()
  }

  private struct Entry: Sendable {
    let name: String
    let rule: DiskRule
    var hits = DiskHits()
    /// When the last byte that it let through is over.
    var busyUntil: Int64 = 0

    mutating func wait(_ latency: Duration, _ bytesPerSecond: Int?, bytes: Int, now: Int64) -> Int64
    {
      let (seconds, attoseconds) = latency.components
      let wait = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
      guard let bytesPerSecond, bytesPerSecond > 0 else { return wait }
      busyUntil = max(busyUntil, now) + Int64(Double(bytes) * 1e9 / Double(bytesPerSecond))
      return wait + busyUntil - now
    }
  }

  private var entries: [Entry] = []

  /// No rules: everything is served.
  public init() {}

  /// Whether there is nothing to ask.
  public var isEmpty: Bool { entries.isEmpty }
  /// Whether a rule refuses new room, so that none is shown as free.
  public var isFull: Bool {
    entries.contains { $0.rule.effect == .fail(.full) && $0.rule.operations.contains(.grow) }
  }

  /// Adds a rule; one of that name is replaced.
  public mutating func add(_ rule: DiskRule, named name: String) {
    remove(name)
    entries.append(Entry(name: name, rule: rule))
  }

  /// Takes a rule away; nothing when there is none.
  public mutating func remove(_ name: String) { entries.removeAll { $0.name == name } }

  /// What a rule did; nil when there is none of that name.
  public func hits(of name: String) -> DiskHits? { entries.first { $0.name == name }?.hits }

  /// Decides about one request, and counts it.
  ///
  /// - Parameters:
  ///   - operations: what it is; a write that grows a file is both.
  ///   - bytes: how many it carries.
  ///   - now: nanoseconds of any clock that does not jump.
  public mutating func judge(
    _ operations: Set<DiskOperation>, _ path: String, bytes: Int, now: Int64
  ) -> Fate {
    var fate = Fate.served
    let isProbe = DiskProbeName.isOne(path)
    for index in entries.indices {
      let rule = entries[index].rule
      guard !rule.operations.isDisjoint(with: operations), rule.paths.matches(path) else {
        continue
      }
      if !isProbe, let most = rule.most, entries[index].hits.own >= most { continue }
      switch rule.effect {
      case .fail(let failure):
        if fate.failure != nil { continue }
        fate.failure = failure
      case .slow(let latency, let bytesPerSecond):
        fate.delay += entries[index].wait(latency, bytesPerSecond, bytes: bytes, now: now)
      }
      if isProbe { entries[index].hits.probes += 1 } else { entries[index].hits.own += 1 }
    }
    return fate
  }
}
