import Archive
import Basics
import Checking
import Linearizability
import Histories
import Linux

/// The field's own histories in one process, read and checked: the etcd logs and key-value files
/// of the shared corpus, where it is beside the checkout.
enum CorpusBench {
  private static let root = "../shared/corpora/porcupine/test_data"
  private static let rounds = 5

  private struct File {
    let path: String
    let model: String
  }

  static func run() throws {
    let files = try list("jepsen", model: "cas-register") + list("kv", model: "kv")
    guard !files.isEmpty else { return print("the corpus is not here: not measured") }
    var totals: [Duration] = []
    var worst = Duration.zero
    for _ in 0..<rounds {
      let times = try files.map(measure)
      totals.append(times.reduce(.zero, +))
      worst = max(worst, times.max() ?? .zero)
    }
    print(
      "\(files.count) files read and checked: \(totals.min()!.text) in all (aim 50ms),"
        + " no file above \(worst.text) in \(rounds) rounds (aim 20ms)")
  }

  private static func list(_ folder: String, model: String) throws -> [File] {
    let path = "\(root)/\(folder)"
    guard Files.isFolder(path) else { return [] }
    return try Files.list(path).map { File(path: "\(path)/\($0)", model: model) }
  }

  private static func measure(_ file: File) throws -> Duration {
    let checker = try Linearizable(Settings(["model": .text(file.model)]))
    let start = MonotonicClock.nanoseconds
    let finding = checker.check(try HistoryFile.read(file.path), within: .unlimited)
    let took = Duration.nanoseconds(MonotonicClock.nanoseconds - start)
    if finding.verdict == .unknown { print("\(file.path): unknown: \(finding.summary)") }
    return took
  }
}
