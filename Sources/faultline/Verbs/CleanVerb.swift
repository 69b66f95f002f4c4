import Basics
import Glibc
import Harness
import Linux
import Nodes

struct CleanVerb: Verb {
  static let name = "clean"
  static let summary = "Remove what old runs left, and prepared data."
  static let usage = "[--older-than 7d] [--cache] [--dry-run] [--reports DIR] [--json]"
  static let options: [Option] = [
    Option(
      name: "older-than", value: "AGE",
      summary: "Runs that began longer ago, 7d by default; 0 for all that have ended."),
    Option(
      name: "cache", value: nil,
      summary:
        "Prepared data (empty databases), too, whatever its age; the next run makes it again."),
    Option(name: "dry-run", value: nil, summary: "Only say what would be removed."),
    .reports, .json,
  ]
  static let notes = """
    Only folders that runs, series, matrices and explorations made are removed. One that did not come to an end stays
    for a day, for it may still be under way; so does whatever answers to 'faultline status'.
    Prepared data is in $XDG_CACHE_HOME/faultline, else in ~/.cache/faultline, 2 GiB at most: what was not used for
    longest gives way by itself.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard arguments.operands.isEmpty else {
      throw UsageError("'clean' takes no operands; a folder of reports is --reports DIR")
    }
    let text = arguments.value("older-than") ?? "7d"
    guard let age = Duration(text: text) else {
      throw UsageError("--older-than takes a duration such as 12h or 7d, not '\(text)'")
    }
    guard geteuid() != 0, !arguments.has("dry-run") else { return try clean(arguments, age) }
    // What servers prepared belongs to users whom only a namespace of this user's knows.
    let code = try Isolation.run { _ in
      do { return try clean(arguments, age).rawValue } catch {
        return Faultline.complain(error).rawValue
      }
    }
    return ExitCode(rawValue: code) ?? .harness
  }

  private static func clean(_ arguments: Arguments, _ age: Duration) throws -> ExitCode {
    let isDry = arguments.has("dry-run")
    let reports = try Project.here().reports(arguments.value("reports"))
    let runs = Leftovers(reports: reports)
    let all = try runs.all()
    let old = runs.old(
      all, before: WallClock.nanoseconds - age.nanoseconds,
      living: try LiveRegistry(orIn: reports).living())
    if !isDry { for leftover in old { try runs.remove(leftover) } }
    let cache = CachePlace(orIn: reports)
    let cacheBytes = Files.exists(cache.path) ? try Files.treeBytes(cache.path) : 0
    let takesCache = arguments.has("cache") && cacheBytes > 0
    if takesCache, !isDry { try Files.removeTree(cache.path) }
    let removed = old.reduce(0) { $0 + $1.bytes }
    if arguments.has("json") {
      show(
        JSON.object([
          .init("removed", .strings(old.map(\.name))), .init("bytes", .integer(removed)),
          .init("kept", .integer(Int64(all.count - old.count))),
          .init("keptBytes", .integer(all.reduce(0) { $0 + $1.bytes } - removed)),
          .init("cacheRemoved", .bool(takesCache)), .init("cacheBytes", .integer(cacheBytes)),
          .init("dryRun", .bool(isDry)),
        ]).text())
      return .valid
    }
    if isDry { for leftover in old { show("  \(leftover.name)  \(size(leftover.bytes))") } }
    let verb = isDry ? "would remove" : "removed"
    let left = all.reduce(0) { $0 + $1.bytes } - removed
    show(
      "\(verb) \(count(old.count)), \(size(removed)); \(count(all.count - old.count)), \(size(left)), in "
        + "\(reports) \(all.count - old.count == 1 ? "stays" : "stay")")
    if cacheBytes > 0 {
      show(
        takesCache
          ? "\(verb) prepared data, \(size(cacheBytes))"
          : "prepared data in \(cache.path): \(size(cacheBytes)); --cache removes it")
    }
    return .valid
  }

  private static func count(_ runs: Int) -> String { runs == 1 ? "1 folder" : "\(runs) folders" }

  /// In the unit that leaves a number to read.
  private static func size(_ bytes: Int64) -> String {
    let mebibytes = Double(bytes) / 1_048_576
    return mebibytes < 1024
      ? Decimal.trimmed(mebibytes, decimals: 1) + " MiB"
      : Decimal.trimmed(mebibytes / 1024, decimals: 1) + " GiB"
  }
}
