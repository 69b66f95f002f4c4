import Basics
public import Linux

/// What a call of `faultline run` leaves of all its runs together: `reports/calls/<stamp>-<seed>/`, with `latest` beside it.
public struct CallFolder: Sendable {
  /// As it was given to `make`, `reports` first.
  public let path: String
  private let isShared: Bool

  /// Makes the folder; no link below `reports` is followed on the way there.
  ///
  /// - Parameters:
  ///   - ending: the seed, or a word where there is none.
  ///   - isShared: make it for every user of the machine (0755, files 0644); else it is for this user alone (0700, 0600).
  public static func make(
    in reports: String, ending: String, isShared: Bool
  ) throws(Errno) -> CallFolder {
    let mode: UInt32 = isShared ? 0o755 : 0o700
    try Files.makeFolder(reports, mode: mode)
    if isShared { try Files.setOwnMode(reports, mode) }
    let ground = try Beneath(reports)
    try ground.makeFolder(name, mode: mode)
    if isShared { try Files.setOwnMode("\(reports)/\(name)", mode) }
    let last = try ground.makeStampedFolder(
      in: name, at: WallClock.nanoseconds, ending: RunFolder.part(ending), mode: mode)
    try ground.pointLink("\(name)/latest", to: last)
    return CallFolder(path: "\(reports)/\(name)/\(last)", isShared: isShared)
  }

  private static let name = "calls"

  /// Writes files of these names, readable for whom the folder is.
  public func write(_ files: [(name: String, text: String)]) throws(Errno) {
    for (name, text) in files {
      try Files.write(text, to: path + "/" + name)
      try Files.setOwnMode(path + "/" + name, isShared ? 0o644 : 0o600)
    }
  }
}
