import Basics
public import Linux

/// Everything a run leaves behind, in one folder that can be moved and opened later:
/// `reports/<stack>/<experiment>/<stamp>-<seed>/`.
public struct RunFolder: Sendable {
  /// As it was given to `init(path:)`; a new run's begins with the reports folder as given.
  public let path: String
  /// Whether every user of the machine may read what is in it; else only the one who made it.
  let isShared: Bool

  /// Makes the folder of a new run and points `latest` beside it to it.
  ///
  /// Two runs begun in the same second with the same seed get folders of their own. Whatever the
  /// stack and the experiment are called, the folder lies two levels below `reports`, and no link below
  /// `reports` is followed on the way there.
  ///
  /// - Parameter isShared: make it, and open the folders above it, for every user of the machine (0755,
  ///   files 0644); else they are for this user alone (0700, 0600).
  public static func make(
    in reports: String, stack: String, experiment: String, clock: RunClock, seed: UInt64,
    isShared: Bool = false
  ) throws(Errno) -> RunFolder {
    let mode: UInt32 = isShared ? 0o755 : 0o700
    try Files.makeFolder(reports, mode: mode)
    if isShared { try Files.setOwnMode(reports, mode) }
    let ground = try Beneath(reports)
    let parent = "\(part(stack))/\(part(experiment))"
    for folder in [part(stack), parent] {
      try ground.makeFolder(folder, mode: mode)
      if isShared { try Files.setOwnMode("\(reports)/\(folder)", mode) }
    }
    let name = try ground.makeStampedFolder(
      in: parent, at: clock.wallOrigin, ending: "\(seed)", mode: mode)
    try ground.makeFolder(parent + "/" + name + "/logs", mode: mode)
    try ground.pointLink(parent + "/latest", to: name)
    return RunFolder(path: "\(reports)/\(parent)/\(name)", isShared: isShared)
  }

  /// The folder that holds all runs of an experiment.
  public static func parent(in reports: String, stack: String, experiment: String) -> String {
    "\(reports)/\(part(stack))/\(part(experiment))"
  }

  /// A name as one part of a path: no slash, nothing hidden, never empty.
  static func part(_ name: String) -> String {
    let plain = name.map { $0 == "/" || $0.asciiValue.map { $0 < 32 } == true ? "-" : $0 }
    let visible = String(plain.drop { $0 == "." })
    return visible.isEmpty ? "unnamed" : visible
  }

  /// A folder that exists already.
  public init(path: String) { self.init(path: path, isShared: false) }

  private init(path: String, isShared: Bool) {
    self.path = path
    self.isShared = isShared
  }

  /// The run's name among all: `<experiment>-<stamp>-<seed>`.
  public var name: String { path.split(separator: "/").suffix(2).joined(separator: "-") }

  /// Everything that was seen, as an SQLite database.
  public var history: String { path + "/history.sqlite" }
  /// What was run, as JSON with everything resolved: `check` judges the run again by it.
  public var plan: String { path + "/plan.json" }
  /// The record of the run for machines, as JSON.
  public var result: String { path + "/result.json" }
  /// The verdicts as test cases, for continuous integration (JUnit XML).
  public var junit: String { path + "/junit.xml" }
  /// The run's figures over time, for who gathers those (OpenMetrics).
  public var metrics: String { path + "/metrics.prom" }
  /// The record of the run for a person, one HTML page.
  public var report: String { path + "/report.html" }
  /// The packets that the fabric captured (pcapng); not there where the experiment wants none. What has no room in it
  /// is in `capture-00002.pcapng` and on, of which the newest are kept: then it may be gone.
  public var capture: String { path + "/capture.pcapng" }

  /// Where a component's processes write what they say. No name has a dot in it (`NamePattern`), so no two
  /// components share a log.
  public func log(_ node: String, _ component: String) -> String {
    "\(path)/logs/\(node).\(component).log"
  }
}
