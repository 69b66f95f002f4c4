import Basics
import Glibc
import Harness
import Linux
import Reports
import YAML

/// The runs below a folder, to be compared: a run's own, a series', or one that holds many, such as `reports`.
struct StoredRuns {
  private(set) var runs: [ComparedRun] = []
  /// What could not be read, a sentence each.
  private(set) var notes: [String] = []

  /// How deep below a folder runs are looked for: `reports/STACK/EXPERIMENT/RUN`, and two folders around it.
  private static let deepest = 6
  /// What holds runs that are no repeats of an experiment: their experiments are made by the program.
  private static let others: Set<String> = ["matrix", "explore"]

  /// - Throws: `UsageError` where the path is no folder, or there is no run below it.
  init(below given: String) throws {
    guard Files.isFolder(given) else { throw UsageError("\(given) is no folder of runs") }
    let path = try Files.realFolder(given)
    if Files.exists(path + "/series.json") {
      try takeSeries(path)
    } else {
      walk(path, depth: 0)
    }
    guard !runs.isEmpty else {
      let why = notes.first.map { ": \($0)" } ?? ""
      throw UsageError(
        "\(given) holds no run\(why); give a run's folder, one that ends in -series, or one that holds many"
      )
    }
  }

  /// Those in some folders, as they are found.
  init(in folders: [String]) {
    for folder in folders { take(folder) }
  }

  /// Forgets the others.
  mutating func keep(_ isWanted: (ComparedRun) -> Bool) { runs = runs.filter(isWanted) }

  private mutating func walk(_ path: String, depth: Int) {
    if Files.exists(path + "/plan.json") || Files.exists(path + "/result.json") {
      return take(path)
    }
    guard depth < Self.deepest, let names = Self.folders(in: path) else { return }
    for name in names where !name.hasSuffix("-shrink") && !Self.others.contains(name) {
      walk("\(path)/\(name)", depth: depth + 1)
    }
  }

  /// No link is followed: `latest` is a run that stands there already.
  private static func folders(in path: String) -> [String]? {
    do throws(Errno) {
      let folder = try Beneath(path)
      var found: [String] = []
      for name in try folder.names() {
        if case .folder? = try folder.kind(of: name) { found.append(name) }
      }
      return found
    } catch { return nil }
  }

  private mutating func take(_ path: String) {
    guard let plan = Self.document(path, "plan.json") else {
      return notes.append("\(path) has no plan.json that can be read")
    }
    if let result = Self.document(path, "result.json") {
      guard let run = ComparedRun(result: result, plan: plan, folder: path) else {
        return notes.append("\(path)/result.json is no run's result")
      }
      return runs.append(run)
    }
    let experiment = path.split(separator: "/").dropLast().last.map(String.init) ?? ""
    guard let run = ComparedRun(unfinished: plan, experiment: experiment, folder: path) else {
      return notes.append("\(path)/plan.json is no run's plan")
    }
    runs.append(run)
  }

  /// The runs that a series names: beside it, for the whole may have been moved, or else where they were.
  private mutating func takeSeries(_ path: String) throws {
    guard let series = Self.document(path, "series.json"), let listed = series["runs"]?.elements
    else { throw UsageError("\(path)/series.json is no series of runs") }
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    var silent: [(code: Int32, seed: String)] = []
    for run in listed {
      let folder = run["folder"]?.text ?? ""
      guard !folder.isEmpty else {
        let code = run["exitCode"]?.number.flatMap { Int32(exactly: $0) }
        silent.append((code ?? ExitCode.harness.rawValue, run["seed"]?.text ?? ""))
        continue
      }
      let name = folder.split(separator: "/").last.map(String.init) ?? ""
      let place = ["/\(parent)/\(name)", folder].first { Files.exists($0 + "/plan.json") }
      guard let place else {
        throw UsageError("\(path)/series.json names a run that is gone: \(folder)")
      }
      take(place)
    }
    guard let like = runs.first else { return }
    runs += silent.map { ComparedRun(silent: $0.code, seed: $0.seed, like: like) }
  }

  private static func document(_ path: String, _ name: String) -> JSON? {
    guard let bytes = try? Beneath(path).read(name, atMost: Limits.stored.bytes) else { return nil }
    return try? JSON(reading: String(decoding: bytes, as: UTF8.self))
  }
}
