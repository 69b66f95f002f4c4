public import Linux

/// What an exploration leaves: `reports/<stack>/explore/<stamp>-<seed>/`, with a folder for each run below `runs` and
/// the experiments that were drawn below `experiments`.
public struct ExplorationFolder: Sendable {
  /// As it was given to `make`, `reports` first.
  public let path: String
  private let isShared: Bool

  /// Makes the folder; no link below `reports` is followed on the way there.
  ///
  /// - Parameters:
  ///   - stack: its name.
  ///   - isShared: make it for every user of the machine (0755, files 0644); else it is for this user alone (0700, 0600).
  public static func make(
    of stack: String, seed: UInt64, in reports: String, isShared: Bool
  ) throws(Errno) -> ExplorationFolder {
    let path = try SeriesFolder.newFolder(
      of: stack, "explore", ending: "\(seed)", in: reports, isShared: isShared)
    for folder in ["experiments", "runs"] {
      try Files.makeFolder("\(path)/\(folder)", mode: isShared ? 0o755 : 0o700)
    }
    return ExplorationFolder(path: path, isShared: isShared)
  }

  /// Where the experiment of a run stands.
  public func experiment(_ number: Int) -> String {
    "\(path)/experiments/\(Self.name(number)).yaml"
  }

  /// Where a run leaves its reports.
  public func reports(_ number: Int) -> String { "\(path)/runs/\(Self.name(number))" }

  private static func name(_ number: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, 4 - text.count)) + text
  }

  /// Writes a file into it, whole.
  public func write(_ text: String, to name: String) throws(Errno) {
    try Files.write(text, to: path + "/" + name)
    try Files.setOwnMode(path + "/" + name, isShared ? 0o644 : 0o600)
  }

  /// Writes the experiment of a run.
  public func write(_ text: String, ofRun number: Int) throws(Errno) {
    try Files.write(text, to: experiment(number))
    try Files.setOwnMode(experiment(number), isShared ? 0o644 : 0o600)
  }

  /// Removes what a run left: one that passed shows nothing that its line does not.
  public func remove(_ number: Int) throws(Errno) {
    try Files.removeTree(reports(number))
    try Files.remove(experiment(number))
  }
}
