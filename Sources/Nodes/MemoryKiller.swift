public import Basics
internal import Glibc
internal import Linux
internal import Synchronization

/// Kills a process of a component whenever its processes together have more memory resident than they
/// may: the one that the kernel's out-of-memory killer would choose among them, by its `oom_score`.
public final class MemoryKiller: Sendable {
  /// A process that was killed.
  public struct Victim: Hashable, Sendable {
    /// Its number as the runner sees it, and the name of its program.
    public let process: String
    /// What all had resident when it was chosen.
    public let usedBytes: Int
    /// Whether the kernel knows it no more, but perhaps as a zombie.
    public let isGone: Bool
  }

  /// What was seen so far.
  public struct Use: Hashable, Sendable {
    /// Resident at the last look.
    public let usedBytes: Int
    /// The most at any look.
    public let mostBytes: Int
    /// In the order in which they were killed.
    public let victims: [Victim]
  }

  private struct Killed {
    let pid: Int32
    let start: UInt64
    let name: String
    let usedBytes: Int

    var isGone: Bool {
      ProcessStat(pid).map { $0.start != start || $0.state == "Z" || $0.state == "X" } ?? true
    }
  }

  private struct Tally {
    var used = 0
    var most = 0
    var killed: [Killed] = []
  }

  /// From one look to the next, in nanoseconds.
  private static let interval: Int64 = 25_000_000

  private let instance: InstanceID
  private let limit: Int
  private let supervisor: Supervisor
  private let tally = Mutex(Tally())
  private let recurrence = Mutex<Recurrence?>(nil)

  /// Begins at once, on a thread of its own.
  public init(_ instance: InstanceID, limitBytes: Int, by supervisor: Supervisor)
    throws(NodesError)
  {
    self.instance = instance
    self.supervisor = supervisor
    limit = limitBytes
    let recurrence = try Recurrence(named: "memory", every: Self.interval) { [weak self] in
      self?.look()
    }
    self.recurrence.withLock { $0 = recurrence }
  }

  /// What was seen so far.
  public var use: Use {
    let tally = tally.withLock { $0 }
    return Use(
      usedBytes: tally.used, mostBytes: tally.most,
      victims: tally.killed.map {
        Victim(process: $0.name, usedBytes: $0.usedBytes, isGone: $0.isGone)
      })
  }

  /// From now on nothing is killed. Doing it twice does no harm.
  public func end() { recurrence.withLock { $0.take() }?.end() }

  private func look() {
    // One at a time: what the last one had is free once it is gone.
    guard tally.withLock({ $0.killed.last?.isGone ?? true }) else { return }
    guard let pids = try? supervisor.processes(instance) else { return }
    let used = Self.usedBytes(by: pids, limit: limit)
    tally.withLock { tally in
      tally.used = used
      tally.most = max(tally.most, used)
    }
    guard used > limit, let pid = Self.victim(among: pids), let stat = ProcessStat(pid) else {
      return
    }
    let killed = Killed(
      pid: pid, start: stat.start, name: ProcessStat.words(for: pid), usedBytes: used)
    tally.withLock { $0.killed.append(killed) }
    supervisor.killOne(pid, of: instance)
  }

  /// Pages that several share count once. Telling which those are is dear, so it is only done where the
  /// plain sum is above the limit: where it is not, the plain sum is the answer, which is never too low.
  static func usedBytes(by pids: [Int32], limit: Int) -> Int {
    let resident = pids.map { ProcessMemory.residentBytes(of: $0) }
    let sum = resident.reduce(0, +)
    guard sum > limit else { return sum }
    return zip(pids, resident).reduce(0) {
      $0 + (ProcessMemory.proportionalBytes(of: $1.0) ?? $1.1)
    }
  }

  /// As the kernel chooses: the highest score. Scores are coarse, so of equal ones the largest.
  static func victim(among pids: [Int32]) -> Int32? {
    pids.compactMap { pid in
      ProcessMemory.killScore(of: pid).map {
        (pid: pid, score: $0, bytes: ProcessMemory.residentBytes(of: pid))
      }
    }.max { ($0.score, $0.bytes, $0.pid) < ($1.score, $1.bytes, $1.pid) }?.pid
  }
}

extension ProcessStat {
  /// `123 (program)`.
  static func words(for pid: Int32) -> String {
    let name = (try? Files.read("/proc/\(pid)/comm"))?.split(separator: "\n").first ?? "?"
    return "\(pid) (\(name))"
  }
}
