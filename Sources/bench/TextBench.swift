import Basics
import Checking
import Glibc
import Histories
import Linearizability
import Linux

/// The linearizability checker on keys that texts are appended to: 10 to 100 clients, about 200
/// operations a key, legal and not.
///
/// With `BENCH_TEXTS` set to a folder, the histories are written there in Porcupine's lines, so
/// that Porcupine can be measured beside.
enum TextBench {
  private static let aimMilliseconds = 50.0
  private static let aimBytes = 100 << 20

  private static var cases: [(name: String, generator: TextGenerator)] {
    var cases: [(String, TextGenerator)] = []
    for clients in [10, 25, 50, 75, 100] {
      let plain = TextGenerator(clients: clients, seed: UInt64(clients))
      cases.append(("c\(clients)-ok", plain))
      for fault in TextGenerator.Fault.allCases {
        var faulty = plain
        faulty.fault = fault
        faulty.puts = fault == .stale ? 0.1 : 0.02
        cases.append(("c\(clients)-\(fault)", faulty))
      }
    }
    for clients in [10, 50] {
      cases.append(
        ("c\(clients)-equal", TextGenerator(clients: clients, distinctTexts: 20, seed: 7)))
      cases.append(
        ("c\(clients)-unknown", TextGenerator(clients: clients, unknown: 0.1, seed: 8)))
    }
    return cases
  }

  static func run() throws {
    let checker = try Linearizable(Settings(["model": .text("kv")]))
    for (name, generator) in cases {
      let history = generator.history()
      try write(history, name)
      let deadline = ContinuousClock.now.advanced(by: .seconds(10))
      let budget = Budget(memoryBytes: aimBytes) { ContinuousClock.now > deadline }
      let times = (0..<3).map { _ in
        let start = MonotonicClock.nanoseconds
        _ = checker.check(history, within: budget)
        return Duration.nanoseconds(MonotonicClock.nanoseconds - start)
      }
      let finding = checker.check(history, within: budget)
      print(
        "  \(name): \(finding.verdict), \(times.min()!.milliseconds) ms (aim \(aimMilliseconds)), "
          + "\((finding.figures["keys-by-search"] ?? 0).text()) keys searched, "
          + "\((finding.figures["search-bytes"] ?? 0).text()) bytes (aim \(aimBytes))")
    }
  }

  private static func write(_ history: History, _ name: String) throws {
    guard let folder = unsafe getenv("BENCH_TEXTS") else { return }
    var bytes: [UInt8] = []
    try history.write(as: .porcupineKV) { bytes += $0 }
    let path = "\(unsafe String(cString: folder))/\(name).txt"
    try Files.write(bytes, to: path, mode: 0o644)
  }
}
