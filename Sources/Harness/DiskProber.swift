import Basics
import CLinux
import Disk
import Durability
import Faults
import Glibc
import Linux
import Nodes
import Synchronization

/// Uses a file of the harness' own on the disk of a node, through the file system and past the kernel's
/// cache: once before a damage, then again and again.
final class DiskProber: Sendable {
  /// What came of the round before.
  let before: DiskProbing
  private let file: DiskProbeFile
  private let seen = Mutex<DiskProbing?>(nil)
  private let stop = StopFlag()
  private let thread = Mutex<Linux.Thread?>(nil)

  private static let interval = Duration.milliseconds(100)

  /// - Parameter paths: on the disk; the file's path is one of them.
  /// - Throws: where there is no folder in which such a file can be.
  init(_ paths: PathPattern, in node: Node) throws {
    let file = try DiskProbeFile(paths, in: node)
    self.file = file
    before = try Linux.Thread.sync(named: "probe disk") { file.round() }
  }

  /// What came of the newest round; nil while there was none.
  var newest: DiskProbing? { seen.withLock { $0 } }

  /// Goes on probing until `end`.
  func start(_ clock: RunClock) throws {
    let thread = try Linux.Thread(named: "probe disk") { [self] in
      repeat {
        let round = file.round()
        guard !stop.isRaised else { break }
        seen.withLock { $0 = round }
      } while clock.sleep(until: clock.now.advanced(by: Self.interval), unless: stop)
    }
    self.thread.withLock { $0 = thread }
  }

  /// Probing ends, and the file is removed. Call it when the disk serves well again.
  func end() {
    stop.raise()
    thread.withLock { $0.take() }?.join()
    file.remove()
  }
}

/// The file that probes use.
final class DiskProbeFile: Sendable {
  /// Held open, so that nothing a server puts in its way leads elsewhere.
  private let folder: Beneath
  private let name: String
  /// Of a file that is made anew in every round.
  private let newName: String

  private static let pageBytes = 4096

  init(_ paths: PathPattern, in node: Node) throws {
    let top = try Beneath(node.outside("/run"))
    let place = try Self.place(paths, in: top)
    folder = try top.folder(place)
    name = paths.lastName(with: DiskProbeName.words)
    newName = paths.lastName(with: DiskProbeName.words + "-new")
  }

  deinit { remove() }

  /// The first folder that the pattern's folders lead to.
  private static func place(_ paths: PathPattern, in top: borrowing Beneath) throws -> String {
    var place = paths.fixedFolders.joined(separator: "/")
    for part in paths.openFolders where part != "**" {
      let here = try top.folder(place)
      let fitting = try here.names().filter { PathPattern.fits($0, part) }
      guard
        let name = fitting.first(where: { name in
          (try? top.folder(place + "/" + name)) != nil
        })
      else {
        throw FaultError("probe \(paths.text)", "no folder of that name is there")
      }
      place += "/" + name
    }
    return place
  }

  private func path(_ name: String) -> String { "/proc/self/fd/\(folder.raw)/\(name)" }

  func remove() {
    _ = unsafe unlink(path(name))
    _ = unsafe unlink(path(newName))
  }

  /// Every act once. Blocks as long as the disk takes.
  func round() -> DiskProbing {
    var outcomes: [DiskOperation: DiskProbing.Outcome] = [:]
    let page = [UInt8](repeating: 0x5a, count: Self.pageBytes)
    outcomes[.create] = act { () throws(Errno) in
      let fd = try opened(newName, O_CREAT | O_EXCL | O_WRONLY)
      _ = Descriptor(owning: fd)
    }
    _ = unsafe unlink(path(newName))
    // There from the round before the damage on.
    let made = act { () throws(Errno) in
      let file = Descriptor(owning: try opened(name, O_CREAT | O_RDWR))
      try write(page, file.raw, at: 0)
      try write(page, file.raw, at: Self.pageBytes)
    }
    outcomes[.grow] = made.error == nil ? grow(page) : made
    outcomes[.write] = overwrite(page)
    outcomes[.sync] = synced()
    outcomes[.read] = act { () throws(Errno) in
      _ = try DiskMount.readDirectly(path(name), at: 0)
    }
    return DiskProbing(outcomes)
  }

  private func grow(_ page: [UInt8]) -> DiskProbing.Outcome {
    let outcome = act { () throws(Errno) in
      let file = Descriptor(owning: try opened(name, O_RDWR))
      try write(page, file.raw, at: 4 * Self.pageBytes)
    }
    _ = unsafe truncate(path(name), off_t(2 * Self.pageBytes))
    return outcome
  }

  /// Only the write itself is timed, but an error of opening is one, too.
  private func overwrite(_ page: [UInt8]) -> DiskProbing.Outcome {
    var took = Duration.zero
    let outcome = act { () throws(Errno) in
      let file = Descriptor(owning: try opened(name, O_RDWR))
      let began = MonotonicClock.nanoseconds
      defer { took = .nanoseconds(MonotonicClock.nanoseconds - began) }
      try write(page, file.raw, at: 0)
    }
    return .init(error: outcome.error, took: took)
  }

  private func synced() -> DiskProbing.Outcome {
    var took = Duration.zero
    let outcome = act { () throws(Errno) in
      let file = Descriptor(owning: try opened(name, O_RDONLY))
      let began = MonotonicClock.nanoseconds
      defer { took = .nanoseconds(MonotonicClock.nanoseconds - began) }
      try Errno.retrying("sync") { fsync(file.raw) }
    }
    return .init(error: outcome.error, took: took)
  }

  private func opened(_ name: String, _ flags: Int32) throws(Errno) -> Int32 {
    unsafe try Errno.check(cl_open(path(name), flags | O_NOFOLLOW, 0o600), "open \(name)")
  }

  private func write(_ page: [UInt8], _ fd: Int32, at offset: Int) throws(Errno) {
    try Errno.retrying("write") { unsafe pwrite(fd, page, page.count, off_t(offset)) }
  }

  private func act(_ body: () throws(Errno) -> Void) -> DiskProbing.Outcome {
    let began = MonotonicClock.nanoseconds
    var error: String?
    do throws(Errno) { try body() } catch let failure { error = Self.name(of: failure.code) }
    return .init(error: error, took: .nanoseconds(MonotonicClock.nanoseconds - began))
  }

  private static func name(of code: Int32) -> String {
    switch code {
    case EIO: "EIO"
    case ENOSPC: "ENOSPC"
    case EROFS: "EROFS"
    default: "error \(code)"
    }
  }
}
