internal import Linux

extension Beneath {
  /// Makes a new folder `<stamp>-<ending>` in a folder that is there, and `<stamp>-<ending>-2` and on where that name is
  /// taken.
  ///
  /// - Parameter moment: in nanoseconds since 1970; the stamp has its second.
  /// - Returns: its name in the folder above.
  borrowing func makeStampedFolder(
    in parent: String, at moment: Int64, ending: String, mode: UInt32
  ) throws(Errno) -> String {
    let stamp = WallClock.text(moment).filter { $0 != "-" && $0 != ":" }
    let stem = "\(stamp)-\(ending)"
    var (name, attempt) = (stem, 1)
    while !(try makeNewFolder("\(parent)/\(name)", mode: mode)) {
      attempt += 1
      name = "\(stem)-\(attempt)"
    }
    return name
  }
}
