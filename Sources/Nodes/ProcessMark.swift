internal import Glibc
internal import Linux
internal import Synchronization

/// Finds processes by a variable in the environment they were started with, and by the session they
/// were started in: the fallback where there are no cgroups. A program that overwrites its own
/// environment, leaves its session *and* its parent escapes it, which is why it is reported as a
/// limit.
struct ProcessMark: Sendable {
  static let variable = "FAULTLINE_COMPONENT"
  /// Ends with a slash; a part's mark begins with the whole's.
  let name: String

  /// Who was started under this mark, and under those of the same whole.
  let sessions: MarkedSessions

  /// Those that carry the mark or are in a session of it, and all their descendants.
  func processes() throws(Errno) -> [Int32] {
    let own = sessions.leaders(of: name)
    var parents: [Int32: Int32] = [:]
    var found: Set<Int32> = []
    for entry in try Files.list("/proc") {
      guard let pid = Int32(entry), let stat = ProcessStat(pid), stat.state != "Z" else { continue }
      parents[pid] = stat.parent
      if own.contains(stat.session) || carriesMark(pid) { found.insert(pid) }
    }
    var grew = true
    while grew {
      let more = parents.filter { found.contains($0.value) && !found.contains($0.key) }
      grew = !more.isEmpty
      found.formUnion(more.keys)
    }
    return found.sorted()
  }

  func killAll(until deadline: Int64) throws(Errno) -> Bool {
    try repeating(until: deadline) { () throws(Errno) in
      let pids = try processes()
      for pid in pids { kill(pid, SIGKILL) }
      return pids.isEmpty
    }
  }

  func setStopped(_ on: Bool, until deadline: Int64) throws(Errno) -> Bool {
    try repeating(until: deadline) { () throws(Errno) in
      let pids = try processes()
      for pid in pids { kill(pid, on ? SIGSTOP : SIGCONT) }
      return pids.allSatisfy { ProcessStat($0).map { ($0.state == "T") == on } ?? true }
    }
  }

  private func repeating(
    until deadline: Int64, _ act: () throws(Errno) -> Bool
  ) throws(Errno) -> Bool {
    while true {
      if try act() { return true }
      if MonotonicClock.nanoseconds >= deadline { return false }
      MonotonicClock.sleep(nanoseconds: 2_000_000)
    }
  }

  private func carriesMark(_ pid: Int32) -> Bool {
    // A process may be gone by now, or not ours to look at: then it carries none.
    guard let text = try? Files.read("/proc/\(pid)/environ") else { return false }
    return text.split(separator: "\0").contains { $0.hasPrefix("\(Self.variable)=\(name)") }
  }
}

/// The sessions that were begun under marks: setsid(2). Each process that the harness starts leads
/// one, and its descendants are in it as long as they do not begin one of their own.
final class MarkedSessions: Sendable {
  private struct Session {
    let mark: String
    let leader: Int32
    /// When the leader started: another process of its number began another session.
    let start: UInt64
  }

  private let begun = Mutex<[Session]>([])

  /// A process was started under a mark, and leads a session.
  func add(_ leader: Int32, under mark: String) {
    guard let start = ProcessStat(leader)?.start else { return }
    begun.withLock { $0.append(Session(mark: mark, leader: leader, start: start)) }
  }

  /// The numbers of the sessions under a mark and its parts. The kernel gives a number to nobody
  /// else as long as anybody is in its session.
  func leaders(of mark: String) -> Set<Int32> {
    begun.withLock { begun in
      begun.removeAll { session in
        ProcessStat(session.leader).map { $0.start != session.start } ?? false
      }
      return Set(begun.filter { $0.mark.hasPrefix(mark) }.map(\.leader))
    }
  }
}

/// The parts of `/proc/PID/stat` (proc(5)) that tell who is who.
struct ProcessStat: Sendable {
  let state: String
  let parent: Int32
  /// The number of the process that began its session.
  let session: Int32
  /// Clock ticks after the machine's start.
  let start: UInt64
  /// Processor time of it and of the children it has waited for, in clock ticks.
  let ticks: Int64

  /// Nil when there is no such process.
  init?(_ pid: Int32) {
    guard let text = try? Files.read("/proc/\(pid)/stat"), let close = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: close)...].split(separator: " ")
    guard fields.count > 19, let parent = Int32(fields[1]), let session = Int32(fields[3]),
      let start = UInt64(fields[19])
    else { return nil }
    ticks = fields[11...14].reduce(0) { $0 + (Int64($1) ?? 0) }
    self.session = session
    state = String(fields[0])
    self.parent = parent
    self.start = start
  }
}
