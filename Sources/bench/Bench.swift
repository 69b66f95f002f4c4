import Glibc
import Linux

/// Measures what the design promises, side by side with what it is compared to, and prints
/// figures with their aims: `swift run -c release bench [PART...]`.
@main struct Bench {
  static let parts: [(name: String, run: @Sendable () throws -> Void)] = [
    ("fabric", { FabricBench.run() }),
    ("accuracy", { AccuracyBench.run() }),
    ("effect", { EffectBench.run() }),
    ("requests", { RequestBench.run() }),
    ("memory", { MemoryBench.run() }),
    ("soak", { SoakBench.run() }),
    ("nodes", { NodeBench.run() }),
    ("histories", { HistoryBench.run() }),
    ("corpus", { try CorpusBench.run() }),
    ("linearizable", { try LinearizabilityBench.run() }),
    ("texts", { try TextBench.run() }),
    ("transactions", { TransactionBench.run() }),
    ("drivers", { DriverBench.run() }),
    ("clock", { try ClockBench.run() }),
    ("disk", { DiskBench.run() }),
  ]

  /// Where the programs lie that are built with this one.
  static var programFolder: String {
    let program = (try? Files.link("/proc/self/exe")) ?? ""
    return program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "."
  }

  static func main() throws {
    let wanted = CommandLine.arguments.dropFirst()
    for part in parts where wanted.isEmpty || wanted.contains(part.name) {
      print("\n\(part.name)")
      try part.run()
      fflush(nil)
    }
  }
}
