import Basics
import Glibc
import Linux
import Testing

@testable import Clocks

let isRoot = geteuid() == 0
/// Whether this machine lets a clock be moved: ordinary users need ptrace of their own processes.
let movesClocks = ConditionTrait.enabled(
  if: Clockmaker.rehearse() == nil, "clocks cannot be moved here")

/// The program `clock-teller`, or another that answers each byte with a line.
final class Teller {
  let pid: pid_t
  private let input: Descriptor
  private let output: Descriptor

  convenience init(_ arguments: String...) throws {
    try self.init(command: [Self.path] + arguments)
  }

  /// - Parameter gate: becomes its descriptor 3.
  init(command words: [String], gate: Int32? = nil) throws {
    let down = try Descriptor.pipe()
    let up = try Descriptor.pipe()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, down.reading.raw, 0)
    posix_spawn_file_actions_adddup2(&actions, up.writing.raw, 1)
    if let gate { posix_spawn_file_actions_adddup2(&actions, gate, 3) }
    var list = words.map { strdup($0) } + [nil]
    defer { for text in list { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, words[0], &actions, nil, &list, environ)
    if code != 0 { throw Errno(code, "spawn \(words[0])") }
    self.pid = pid
    input = down.keepWriting()
    output = up.keepReading()
  }

  deinit {
    kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }

  static var path: String {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ""
    let built = bundle.split(separator: "/", omittingEmptySubsequences: false)
      .prefix { !$0.hasSuffix(".xctest") }.joined(separator: "/")
    return built + "/clock-teller"
  }

  func send(_ byte: Character) throws { try input.write(String(byte)) }

  func line() throws -> [Int64] {
    var text = ""
    while !text.hasSuffix("\n") {
      let bytes = try output.read(upTo: 1)
      try #require(!bytes.isEmpty, "it ended")
      text += String(decoding: bytes, as: UTF8.self)
    }
    return text.split(whereSeparator: \.isWhitespace).compactMap { Int64($0) }
  }

  /// What it says, and how far that is from the true time.
  func tell(asked: Bool = false, since early: (Int64, Int64)? = nil) throws -> Telling {
    let before = early?.0 ?? WallClock.nanoseconds
    let monotonic = early?.1 ?? MonotonicClock.nanoseconds
    if !asked { try send(".") }
    let words = try line()
    let after = WallClock.nanoseconds
    try #require(words.count == 7)
    return Telling(
      ahead: [words[0], words[1], words[4]].map { .nanoseconds($0 - (before + after) / 2) },
      seconds: .nanoseconds(words[2] - before), monotonic: .nanoseconds(words[3] - monotonic),
      nonsense: words[5], readings: words[6], took: .nanoseconds(after - before))
  }

  /// Its threads' states in `/proc`, as letters; `t` is stopped by a tracer.
  func states() throws -> [Character] {
    try Files.list("/proc/\(pid)/task").compactMap { task in
      let stat = try? Files.read("/proc/\(pid)/task/\(task)/stat")
      return stat?.split(separator: ")").last?.first { $0 != " " }
    }
  }

  /// Whether every thread runs and nobody traces it, now or within a second.
  func isSoonLeftAlone() throws -> Bool {
    let end = MonotonicClock.nanoseconds + 1_000_000_000
    repeat {
      let status = try Files.read("/proc/\(pid)/status")
      let states = try states()
      if status.contains("TracerPid:\t0\n"), !states.contains("t"), !states.contains("T") {
        return true
      }
      MonotonicClock.sleep(nanoseconds: 2_000_000)
    } while MonotonicClock.nanoseconds < end
    return false
  }
}

/// One answer of the teller.
struct Telling {
  /// By `clock_gettime`, by `gettimeofday`, and by a child's `clock_gettime`.
  let ahead: [Duration]
  /// By `time`, which is in whole seconds.
  let seconds: Duration
  let monotonic: Duration
  /// Readings of its threads that no clock can have given.
  let nonsense: Int64
  let readings: Int64
  let took: Duration

  /// Whether every function says so, as exactly as asking allows.
  func isAhead(by offset: Duration) -> Bool {
    let slack = took + .milliseconds(1)
    let near = ahead.allSatisfy { $0 - offset < slack && offset - $0 < slack }
    let whole = seconds - offset
    return near && whole < slack && whole > .zero - .seconds(1) - slack
      && monotonic >= .zero && monotonic <= slack
  }
}

/// A teller that is handed from the one who starts it to the one who asks it, and used by nobody else.
struct Handed: @unchecked Sendable {
  let teller: Teller

  init(_ teller: Teller) { self.teller = teller }
}
