import Foundation
import Testing

/// What one run makes on the machine, gathered while it lives: its processes, their namespaces,
/// its cgroup; and what the host had before. Other runs may go on beside it and are not counted.
final class Traces {
  private let outer: Int32
  private let before = Host()
  private var processes: [Int32: String] = [:]
  private(set) var inner: Int32?
  /// The PID namespaces of the run and its nodes, in which all its processes live. Each is held open, so that the
  /// kernel does not give its number to another run's.
  private(set) var namespaces: [String: FileHandle] = [:]
  private var lastLook = ContinuousClock.now - .seconds(1)

  init(of outer: Int32) { self.outer = outer }

  /// Notes what there is now; at most ten times a second.
  func look() {
    guard ContinuousClock.now - lastLook > .milliseconds(100) else { return }
    lastLook = ContinuousClock.now
    for child in Proc.children(of: outer) {
      processes[child] = Proc.start(of: child)
      guard let pids = Proc.namespace("pid", of: child), pids != Proc.namespace("pid", of: getpid())
      else { continue }
      inner = child
    }
    guard let inner, processes[inner] == Proc.start(of: inner) else { return }
    for pid in [inner] + Proc.descendants(of: inner) {
      processes[pid] = Proc.start(of: pid)
      hold(pid)
    }
  }

  private func hold(_ pid: Int32) {
    guard let handle = FileHandle(forReadingAtPath: "/proc/\(pid)/ns/pid") else { return }
    var status = stat()
    guard fstat(handle.fileDescriptor, &status) == 0 else { return }
    let name = "pid:[\(status.st_ino)]"
    if name != Proc.namespace("pid", of: getpid()) { namespaces[name] = handle }
  }

  /// Waits a little, for a killed run is cleaned up after by the kernel and the janitor; then
  /// records an issue for whatever of it is still there.
  func expectGone(at place: SourceLocation = #_sourceLocation) {
    var left: [String] = []
    _ = Wait.until(within: 10) {
      left = remains
      return left.isEmpty
    }
    #expect(left.isEmpty, "left behind: \(left)", sourceLocation: place)
  }

  private var remains: [String] {
    let alive = processes.filter { Proc.start(of: $0.key) == $0.value }.keys
    var found: [String] = alive.map { "process \($0)" }
    found += spaces.map { "namespace \($0)" }
    found += Proc.cgroups(of: outer)
    found += Host().added(since: before)
    return found
  }

  /// Namespaces of the run in which some process still is.
  private var spaces: Set<String> {
    var found: Set<String> = []
    for pid in Proc.all {
      guard let name = Proc.namespace("pid", of: pid), namespaces[name] != nil else { continue }
      let what = Proc.lines("/proc/\(pid)/comm").first ?? ""
      found.insert("\(name), where process \(pid) (\(what)) is")
    }
    return found
  }
}

/// What a run could leave on the host itself.
struct Host {
  private let links = Set(
    (try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")) ?? [])
  private let mounts = Set(Proc.lines("/proc/self/mountinfo"))

  func added(since before: Host) -> [String] {
    links.subtracting(before.links).map { "interface \($0)" }
      + mounts.subtracting(before.mounts).map { "mount \($0)" }
  }

  /// The sockets that listen in the namespace of this process.
  static var listeners: Set<String> {
    var found: Set<String> = []
    for table in ["tcp", "tcp6"] {
      for line in Proc.lines("/proc/self/net/\(table)").dropFirst() {
        let fields = line.split(separator: " ")
        if fields.count > 3, fields[3] == "0A" { found.insert(String(fields[1])) }
      }
    }
    return found
  }
}

/// `/proc`, proc(5).
enum Proc {
  static var all: [Int32] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
  }

  static func lines(_ path: String) -> [String] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
      .map(String.init)
  }

  static func children(of pid: Int32) -> [Int32] {
    lines("/proc/\(pid)/task/\(pid)/children").flatMap { $0.split(separator: " ") }
      .compactMap { Int32($0) }
  }

  /// Those it started, those they started, and so on. A node's orphans belong to the node's first
  /// process, which the run started: so nothing of a run is missed.
  static func descendants(of pid: Int32) -> [Int32] {
    var found: [Int32] = []
    var next = [pid]
    while let parent = next.popLast() {
      // Each of its threads may have children.
      let tasks =
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(parent)/task")) ?? []
      let children = tasks.flatMap { lines("/proc/\(parent)/task/\($0)/children") }
        .flatMap { $0.split(separator: " ") }.compactMap { Int32($0) }
      found += children
      next += children
    }
    return found
  }

  static func namespace(_ kind: String, of pid: Int32) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(kind)")
  }

  /// When it began, so that a later process of the same number is not taken for it; nil for one
  /// that has ended, reaped or not.
  static func start(of pid: Int32) -> String? {
    guard let line = lines("/proc/\(pid)/stat").first, let end = line.lastIndex(of: ")") else {
      return nil
    }
    let fields = line[end...].split(separator: " ")
    return fields.count > 20 && fields[1] != "Z" ? String(fields[20]) : nil
  }

  /// The cgroups that the run of that outer process made.
  static func cgroups(of outer: Int32) -> [String] {
    let mounts = lines("/proc/self/mountinfo").filter { $0.contains(" - cgroup2 ") }
      .map { String($0.split(separator: " ")[4]) }
    let walker = mounts.first.flatMap { FileManager.default.enumerator(atPath: $0) }
    return (walker?.compactMap { $0 as? String } ?? []).filter { path in
      let name = path.split(separator: "/").last ?? ""
      return name.hasPrefix("faultline-") && name.contains("-\(outer)-")
    }.map { "cgroup \($0)" }
  }
}
