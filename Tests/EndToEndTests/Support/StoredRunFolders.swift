import Foundation

/// Folders of runs that never were, as a reports folder holds them: what they came to follows from their number.
final class StoredRunFolders {
  let folder = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID().uuidString)")
    .path

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// What a run came to.
  struct Told {
    var firstGood = 300.0
    var availability = 0.99
    var isLost = false
    var text = "title: A store dies"
    var version = "1.0"
  }

  /// Ten runs before a change; the folder that holds them.
  func before() throws -> String {
    for number in 0..<10 {
      try write(
        Told(firstGood: 300 + Double(number * 7 % 10) * 10, isLost: number == 3),
        number, in: "before")
    }
    return folder + "/before"
  }

  /// Ten runs since: slower, and all else as it was.
  func since() throws -> String {
    for number in 0..<10 {
      try write(
        Told(firstGood: 500 + Double(number * 3 % 10) * 20, version: "1.1"), number, in: "since")
    }
    return folder + "/since"
  }

  /// Writes what a run leaves that a comparison reads, and says where.
  @discardableResult func write(
    _ told: Told, _ number: Int, in side: String, experiment: String = "01-a-store-dies"
  ) throws -> String {
    let path = "\(folder)/\(side)/stores/\(experiment)/20260131T08150\(number)Z-\(number)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try result(told, number, experiment).write(
      toFile: path + "/result.json", atomically: true, encoding: .utf8)
    try plan(told, experiment).write(
      toFile: path + "/plan.json", atomically: true, encoding: .utf8)
    return path
  }

  private func result(_ told: Told, _ number: Int, _ experiment: String) -> String {
    """
    {"exitCode": \(told.isLost ? 1 : 0), "seed": "\(number)", "experiment": {"name": "\(experiment)"},
     "invariants": [
      {"name": "failover-time", "verdict": "valid", "expectedToFail": false,
       "figures": {"faults": [{"fault": 1, "summary": "kill store on node store-a",
        "first-good": \(told.firstGood), "sustained-good": \(told.firstGood + 20), "windows": [[1, 2]]}]}},
      {"name": "no-lost-writes", "verdict": "\(told.isLost ? "invalid" : "valid")",
       "summary": "one is lost", "expectedToFail": false}],
     "workloads": [{"name": "orders", "operations": 1000, "availability": \(told.availability),
      "latency": {"p50": 2.5, "p99": 20}}],
     "servers": [{"component": "store", "variant": "store", "version": "\(told.version)", "nodes": ["store-a"]}]}
    """
  }

  private func plan(_ told: Told, _ experiment: String) -> String {
    """
    {"file": "experiments/\(experiment).yaml", "seed": "1", "stack": {"name": "stores"},
     "origin": {"set": [{"key": "mode", "text": "raft"}],
      "sources": {"experiments/\(experiment).yaml": "\(told.text)"}}}
    """
  }
}
