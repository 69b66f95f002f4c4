import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

let isRoot = geteuid() == 0
let needsRoot = ConditionTrait.enabled(if: isRoot, "needs root")

/// One reaper for all tests of this process.
let reaper: Reaper = {
  guard let reaper = try? Reaper(everyChild: false) else { fatalError("no reaper") }
  return reaper
}()

/// The program `nodes-probe` as a child, with its output.
final class Probe: Sendable {
  let child: Child
  let output: Descriptor

  init(_ arguments: String...) throws {
    let pipe = try Descriptor.pipe()
    let command = Command(
      Self.path, arguments, output: .descriptor(pipe.writing.raw),
      errors: .descriptor(pipe.writing.raw))
    child = try reaper.start { () throws(NodesError) in
      try command.spawn(in: SpawnPlace())
    }
    output = pipe.keepReading()
  }

  static var path: String {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ""
    let built = bundle.split(separator: "/", omittingEmptySubsequences: false)
      .prefix { !$0.hasSuffix(".xctest") }.joined(separator: "/")
    return built + "/nodes-probe"
  }

  /// The process in namespaces of its own; nil when it is gone. The janitor, the other child, is not
  /// known by its name before it has run.
  var inner: Int32? {
    let own = try? Files.link("/proc/self/ns/pid")
    return Machine.children(of: child.pid).first {
      guard let space = try? Files.link("/proc/\($0)/ns/pid") else { return false }
      return space != own
    }
  }

  var janitor: Int32? {
    let inner = inner
    return Machine.children(of: child.pid).first { $0 != inner }
  }

  /// All it writes until its end.
  func finish() throws -> (code: Int32, text: String) {
    let text = String(decoding: try output.readAll(), as: UTF8.self)
    return (child.ended.wait().code, text)
  }

  /// What it writes up to a line; fails after 20 s.
  func read(until line: String) throws -> String {
    let deadline = MonotonicClock.nanoseconds + 20_000_000_000
    var text = ""
    while !text.contains(line) {
      guard try Poll.wait([output.raw], until: deadline)[0] else { break }
      let part = try output.read(upTo: 4096)
      if part.isEmpty { break }
      text += String(decoding: part, as: UTF8.self)
    }
    try #require(text.contains(line), "the probe said: \(text)")
    return text
  }
}

/// What the machine shows of processes.
enum Machine {
  static var pids: [Int32] { ((try? Files.list("/proc")) ?? []).compactMap { Int32($0) } }

  static func children(of parent: Int32) -> [Int32] {
    pids.filter { ProcessStat($0).map { $0.parent == parent && $0.state != "Z" } ?? false }
  }

  /// Those in a namespace, by the text of `/proc/PID/ns/net`.
  static func pids(inNetwork network: String) -> [Int32] {
    pids.filter { (try? Files.link("/proc/\($0)/ns/net")) == network }
  }

  static func isThere(_ pid: Int32) -> Bool {
    ProcessStat(pid).map { $0.state != "Z" } ?? false
  }

  /// The cgroups of runs whose outer process has that number.
  static func cgroups(of pid: Int32) -> [String] {
    guard let base = CgroupPlace.find().base else { return [] }
    return ((try? Files.list(base)) ?? []).filter {
      $0.hasPrefix(CgroupPlace.prefix) && $0.contains("-\(pid)-")
    }
  }
}

/// Waits until a condition holds; false when it did not in 20 s.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = MonotonicClock.nanoseconds + 20_000_000_000
  while MonotonicClock.nanoseconds < deadline {
    if try condition() { return true }
    MonotonicClock.sleep(nanoseconds: 2_000_000)
  }
  return try condition()
}
