import Basics
public import Experiments
public import Linux
import Stacks

/// What many runs leave together: of one experiment beside the folders of the runs themselves, in
/// `reports/<stack>/<experiment>/<stamp>-<seed>-series/`; of a matrix in `reports/<stack>/matrix/<stamp>-<seed>/`, which
/// holds those runs, too.
public struct SeriesFolder: Sendable {
  /// As it was given to `make`, `reports` first.
  public let path: String
  /// The experiment's name, as its reports are filed under it.
  public let experiment: String
  private let isShared: Bool

  /// Makes the folder of a matrix; no link below `reports` is followed on the way there.
  ///
  /// - Parameter isShared: as for a series.
  public static func makeForMatrix(
    of stack: String, seed: UInt64, in reports: String, isShared: Bool
  ) throws(Errno) -> SeriesFolder {
    try make(stack, "matrix", "-\(seed)", in: reports, isShared: isShared)
  }

  /// Makes the folder; no link below `reports` is followed on the way there.
  ///
  /// - Parameter isShared: make it for every user of the machine (0755, files 0644); else it is for this user alone
  ///   (0700, 0600).
  public static func make(
    for plan: Plan, in reports: String, isShared: Bool
  ) throws(Errno) -> SeriesFolder {
    try make(
      plan.stack.name, plan.name, "-\(plan.seed)-series", in: reports, isShared: isShared)
  }

  private static func make(
    _ stack: String, _ experiment: String, _ ending: String, in reports: String, isShared: Bool
  ) throws(Errno) -> SeriesFolder {
    let mode: UInt32 = isShared ? 0o755 : 0o700
    try Files.makeFolder(reports, mode: mode)
    let ground = try Beneath(reports)
    let parent = "\(RunFolder.part(stack))/\(RunFolder.part(experiment))"
    for folder in [RunFolder.part(stack), parent] {
      try ground.makeFolder(folder, mode: mode)
      if isShared { try Files.setOwnMode("\(reports)/\(folder)", mode) }
    }
    let stamp = WallClock.text(WallClock.nanoseconds).filter { $0 != "-" && $0 != ":" }
    let stem = "\(parent)/\(stamp)\(ending)"
    var (name, attempt) = (stem, 1)
    while !(try ground.makeNewFolder(name, mode: mode)) {
      attempt += 1
      name = "\(stem)-\(attempt)"
    }
    return SeriesFolder(path: "\(reports)/\(name)", experiment: experiment, isShared: isShared)
  }

  /// Writes `series.json` and `junit.xml`.
  public func write(result: String, junit: String) throws(Errno) {
    try write([("series.json", result), ("junit.xml", junit)])
  }

  /// Writes files of these names, readable for whom the folder is.
  public func write(_ files: [(name: String, text: String)]) throws(Errno) {
    for (name, text) in files {
      try Files.write(text, to: path + "/" + name)
      try Files.setOwnMode(path + "/" + name, isShared ? 0o644 : 0o600)
    }
  }
}
