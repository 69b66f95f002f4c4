import Basics
import Clocks
import Glibc
import Linux

/// What a moved clock costs a program, and what moving it costs.
enum ClockBench {
  static func run() throws {
    if let obstacle = Clockmaker.rehearse() { return print("clock: skipped, \(obstacle)") }
    try readings()
    try stops()
  }

  /// Nanoseconds of one `clock_gettime`: before, while a shift is in force, and afterwards.
  private static func readings() throws {
    let maker = try Clockmaker()
    let reader = try BenchProgram(["cost", "20000"])
    let before = try reader.cost()
    let clock = try maker.set([reader.pid], to: ClockShift(offset: .seconds(3600), since: 0))
    let moved = try reader.cost()
    _ = try maker.restore([reader.pid])
    let after = try reader.cost()
    let way = clock.first?.isFast == true ? "" : " (by a system call)"
    print(
      "clock: ns a reading: before \(before), moved \(moved)\(way), after \(after) (aim: ≤ 25 more)"
    )
  }

  /// How long the threads of a process stand still when it is patched and put right.
  private static func stops() throws {
    let maker = try Clockmaker()
    for threads in [0, 6, 20] {
      let busy = try BenchProgram([String(threads)])
      var patched: [Duration] = []
      var restored: [Duration] = []
      for _ in 0..<100 {
        patched += try maker.set([busy.pid], to: .none).map(\.stop)
        restored += try maker.restore([busy.pid]).map(\.stop)
      }
      print(
        "clock: \(threads + 1) threads stand still for \(words(patched)) to be patched,"
          + " \(words(restored)) to be put right (least, middle, most)")
    }
  }

  private static func words(_ times: [Duration]) -> String {
    let sorted = times.sorted()
    guard let least = sorted.first, let most = sorted.last else { return "?" }
    return "\(least.text), \(sorted[sorted.count / 2].text), \(most.text)"
  }
}

/// `clock-teller` as a child, which ends with this.
private final class BenchProgram {
  let pid: pid_t
  private let output: Descriptor
  private let input: Descriptor

  init(_ arguments: [String]) throws {
    let down = try Descriptor.pipe()
    let up = try Descriptor.pipe()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, down.reading.raw, 0)
    posix_spawn_file_actions_adddup2(&actions, up.writing.raw, 1)
    let path = Bench.programFolder + "/clock-teller"
    var list = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for text in list { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, path, &actions, nil, &list, environ)
    if code != 0 { throw Errno(code, "spawn \(path)") }
    self.pid = pid
    output = up.keepReading()
    input = down.keepWriting()
  }

  deinit {
    kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }

  /// The nanoseconds of one reading, measured now.
  func cost() throws -> Double {
    try input.write(".")
    return Double(try line()) ?? .infinity
  }

  private func line() throws -> String {
    var text = ""
    while !text.hasSuffix("\n") {
      let bytes = try output.read(upTo: 1)
      if bytes.isEmpty { throw Errno(EPIPE, "read from clock-teller") }
      text += String(decoding: bytes, as: UTF8.self)
    }
    return String(text.dropLast())
  }
}
