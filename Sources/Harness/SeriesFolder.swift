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
    let path = try newFolder(
      of: stack, "matrix", ending: "\(seed)", in: reports, isShared: isShared)
    return SeriesFolder(path: path, experiment: "matrix", isShared: isShared)
  }

  /// Makes the folder; no link below `reports` is followed on the way there.
  ///
  /// - Parameter isShared: make it for every user of the machine (0755, files 0644); else it is for this user alone
  ///   (0700, 0600).
  public static func make(
    for plan: Plan, in reports: String, isShared: Bool
  ) throws(Errno) -> SeriesFolder {
    let name = try newFolder(
      of: plan.stack.name, plan.name, ending: "\(plan.seed)-series", in: reports,
      isShared: isShared)
    return SeriesFolder(path: name, experiment: plan.name, isShared: isShared)
  }

  /// Makes `reports/<stack>/<what>/<stamp>-<ending>`, and another name where that is taken.
  static func newFolder(
    of stack: String, _ what: String, ending: String, in reports: String, isShared: Bool
  ) throws(Errno) -> String {
    let mode: UInt32 = isShared ? 0o755 : 0o700
    try Files.makeFolder(reports, mode: mode)
    let ground = try Beneath(reports)
    let parent = "\(RunFolder.part(stack))/\(RunFolder.part(what))"
    for folder in [RunFolder.part(stack), parent] {
      try ground.makeFolder(folder, mode: mode)
      if isShared { try Files.setOwnMode("\(reports)/\(folder)", mode) }
    }
    let name = try ground.makeStampedFolder(
      in: parent, at: WallClock.nanoseconds, ending: ending, mode: mode)
    return "\(reports)/\(parent)/\(name)"
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
