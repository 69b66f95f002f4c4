public import Durability
public import Linux

/// The power of a disk, and what is durable on it.
extension DiskServer {
  /// Holds every request from now on. Then kill who uses it, and call `losePower`: until that answers
  /// them, processes that wait for the disk cannot end.
  public func freeze() throws(Errno) { try onDisk { $0.setPower(.frozen) } }

  /// The same as soon as a write to one of `paths` was carried out that is not durable, which may be so already; after
  /// `nanoseconds` in any case.
  public func freeze(amidWriteTo paths: PathPattern, within nanoseconds: Int64) throws(Errno) {
    let caught = Latch<Bool>()
    try onDisk { $0.freeze(amidWriteTo: paths, caught) }
    _ = caught.wait(until: MonotonicClock.nanoseconds + nanoseconds)
    try freeze()
  }

  /// Takes the power away: what is not durable is undone, and every request fails until `restorePower`.
  ///
  /// - Parameters:
  ///   - torn: so many bytes of the beginning of the last write stay, as one that was under way when the
  ///     power went; 0 for none.
  ///   - paths: only a write to one of these counts as the last; nil for any.
  public func losePower(torn: Int = 0, of paths: PathPattern? = nil) throws(Errno) -> DiskLosses {
    try onDisk { $0.setPower(.failing) }
    // The kernel writes back what was changed in mapped files: not durable either.
    try forgetAll()
    let undone = try onDisk { session in
      session.setPower(.off)
      return session.lose(torn: torn, of: paths)
    }
    for (folder, name) in undone.names { notices.forget(name, in: folder) }
    try forgetAll()
    return undone.losses
  }

  /// Gives the power back.
  public func restorePower() throws(Errno) {
    try forgetAll()
    try onDisk { $0.setPower(.on) }
  }

  /// Makes everything durable that was written so far, as sync(1) would.
  public func settle() throws(Errno) {
    // Pages of mapped files, too.
    try forgetAll()
    try onDisk { $0.settle() }
  }

  /// The kernel forgets pages and attributes of what a pattern covers, of everything for nil.
  func forgetAll(_ paths: PathPattern? = nil) throws(Errno) {
    let numbers = try onDisk { session in
      session.files.all.filter { file in
        guard file.lookups > 0, let paths else { return file.lookups > 0 }
        return session.path(of: file).map(paths.matches) ?? false
      }.map(\.number)
    }
    for number in numbers { notices.forget(number) }
  }
}
