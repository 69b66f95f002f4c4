public import Basics
internal import Linux
internal import Synchronization

/// Leaves each process of a component no number for a further open file: its soft limit is lowered to the
/// lowest number that is free. Processes that are born meanwhile, and limits that a process raises again,
/// are found at the next look.
public final class FullDescriptors: Sendable {
  /// One process at this moment.
  public struct Use: Hashable, Sendable {
    /// Its number as the runner sees it, and the name of its program.
    public let process: String
    /// As the kernel shows it.
    public let limit: Int
    /// As it was set.
    public let intended: Int
    /// How many it has open.
    public let open: Int
    /// Whether it was seen with no number left since.
    public let wasFull: Bool
  }

  private struct Held {
    let start: UInt64
    /// What it is given back.
    let usual: Int
    let limit: Int
    var wasFull = false
  }

  /// From one look to the next, in nanoseconds.
  private static let interval: Int64 = 50_000_000

  private let instance: InstanceID
  private let supervisor: Supervisor
  private let held = Mutex<[Int32: Held]>([:])
  /// What the last look could not do to a process that is there.
  private let trouble = Mutex<Errno?>(nil)
  private let recurrence = Mutex<Recurrence?>(nil)

  /// Begins at once, and goes on on a thread of its own.
  public init(_ instance: InstanceID, by supervisor: Supervisor) throws(NodesError) {
    self.instance = instance
    self.supervisor = supervisor
    look()
    let recurrence = try Recurrence(named: "descriptors", every: Self.interval) { [weak self] in
      self?.look()
    }
    self.recurrence.withLock { $0 = recurrence }
  }

  /// Each process that was there at the last look and is still there, in the order of their numbers.
  ///
  /// - Throws: what could not be done to one of them.
  public func use() throws(NodesError) -> [Use] {
    if let trouble = trouble.withLock({ $0 }) { throw .system(trouble) }
    return held.withLock { $0 }.sorted { $0.key < $1.key }.compactMap { pid, held in
      guard ProcessStat(pid)?.start == held.start,
        let limit = try? ProcessFiles.shownLimit(of: pid),
        let open = try? ProcessFiles.open(by: pid)
      else { return nil }
      return Use(
        process: ProcessStat.words(for: pid), limit: limit, intended: held.limit,
        open: open.count, wasFull: held.wasFull)
    }
  }

  /// Gives each process back what it had, and looks until none is left with what it was given. Doing it
  /// twice does no harm.
  public func end() throws(NodesError) {
    recurrence.withLock { $0.take() }?.end()
    let deadline = Supervisor.deadline
    // A child that was born meanwhile has its parent's limit.
    while true {
      look(isLowering: false)
      guard try giveBack() else { return }
      if MonotonicClock.nanoseconds >= deadline {
        throw .notConfirmed("processes of \(instance) still have few descriptors")
      }
    }
  }

  /// True when somebody had to be given something back.
  private func giveBack() throws(NodesError) -> Bool {
    let processes = try supervisor.processes(instance)
    return try held.withLock { held throws(NodesError) in
      var changed = false
      for pid in processes {
        guard let one = held[pid] else { continue }
        do throws(Errno) {
          guard one.usual != one.limit, try ProcessFiles.limit(of: pid) == one.limit else {
            continue
          }
          try ProcessFiles.setLimit(one.usual, of: pid)
          changed = true
        } catch  where error.isGone { continue } catch { throw .system(error) }
      }
      return changed
    }
  }

  /// Catches who is new, and who has freed itself.
  ///
  /// - Parameter isLowering: false only notes whom somebody who is held has born.
  private func look(isLowering: Bool = true) {
    guard let pids = try? supervisor.processes(instance) else { return }
    let failure = held.withLock { held in
      var failure: Errno?
      held = held.filter { ProcessStat($0.key)?.start == $0.value.start }
      // In the order of their numbers a parent comes before its children, as a rule.
      for pid in pids {
        do throws(Errno) {
          if let one = try Self.look(at: pid, held, isLowering) { held[pid] = one }
        } catch {
          // One that is gone meanwhile needs nothing.
          failure = error.isGone || ProcessStat(pid) == nil ? failure : error
        }
      }
      return failure
    }
    trouble.withLock { $0 = failure }
  }

  private static func look(
    at pid: Int32, _ held: [Int32: Held], _ isLowering: Bool
  ) throws(Errno) -> Held? {
    guard let stat = ProcessStat(pid), stat.state != "Z" else { return nil }
    let now = try ProcessFiles.limit(of: pid)
    let next = ProcessFiles.next(after: try ProcessFiles.open(by: pid))
    if var known = held[pid], known.limit == now {
      known.wasFull = known.wasFull || next >= known.limit
      return known
    }
    // Born with the limit of a parent that is held: it is given back what the parent was.
    let parent = [held[stat.parent], held.values.first { $0.limit == now }].compactMap { $0 }
      .first { $0.limit == now }
    guard isLowering else {
      return parent.map { Held(start: stat.start, usual: $0.usual, limit: now) }
    }
    let usual = parent?.usual ?? now
    try ProcessFiles.setLimit(next, of: pid)
    let isFull = ProcessFiles.next(after: try ProcessFiles.open(by: pid)) >= next
    return Held(start: stat.start, usual: usual, limit: next, wasFull: isFull)
  }
}
