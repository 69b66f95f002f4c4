internal import Basics
internal import CFUSE
internal import Durability
internal import Glibc
internal import Linux

/// The state of one disk and the loop that serves it, all on one thread.
///
/// Every change goes straight to the files below; `names` and the files' `data` know how to undo what is
/// not durable.
final class DiskSession {
  /// Whether the disk answers.
  enum Power {
    case on
    /// Requests are held: the moment before the power goes.
    case frozen
    /// Requests fail; what the kernel writes back still counts as written.
    case failing
    /// Requests fail; what the kernel writes back is lost.
    case off
  }

  /// A request that waits: for its time, or for the power.
  private struct Waiting {
    let message: [UInt8]
    let failure: DiskFailure?
    let due: Int64
  }

  let device: Int32
  let answers: DiskAnswers
  /// The folder whose `root` is shown.
  let folder: String
  let trash: Descriptor
  let root: DiskFile
  private let rootPlace: String
  var files: FileTable
  var names = NameLog()
  var rules = DiskRules()
  /// What was found in the folders that are open.
  var listings: [UInt64: [FolderEntry]] = [:]
  var nextListing: UInt64 = 1
  /// Rises with every write.
  var serial = 0
  private(set) var power = Power.on
  /// Freezes the disk at the next write to such a file.
  private var trap: (paths: PathPattern, caught: Latch<Bool>)?
  private var held: [Waiting] = []
  /// Sorted by time, the next one last.
  private var later: [Waiting] = []

  init(device: Int32, folder: String) throws(Errno) {
    self.device = device
    self.folder = folder
    answers = DiskAnswers(device: device)
    trash = try Descriptor.open(folder + "/trash", .folder)
    var status = cf_status()
    let handle = unsafe try Errno.check(
      cf_find(AT_FDCWD, folder + "/root", &status), "open \(folder)/root")
    var files = FileTable()
    root = files.add(Descriptor(owning: handle), status)
    root.lookups = 1
    self.files = files
    rootPlace = root.place
  }

  /// When the next request that waits for its time is due.
  var nextDue: Int64? { later.last?.due }

  /// Takes in one request of the kernel's.
  func take(_ request: DiskRequest) {
    switch request.operation {
    case FUSE_INIT, FUSE_FORGET, FUSE_BATCH_FORGET, FUSE_RELEASE, FUSE_RELEASEDIR, FUSE_INTERRUPT,
      FUSE_DESTROY:
      return serve(request)
    default: break
    }
    guard !rules.isEmpty, !request.isWriteBack, let asked = asked(by: request) else {
      return admit(request, nil)
    }
    let now = MonotonicClock.nanoseconds
    let fate = rules.judge(asked.operations, asked.path, bytes: asked.bytes, now: now)
    guard fate.delay > 0 else { return admit(request, fate.failure) }
    let waiting = Waiting(message: request.copy, failure: fate.failure, due: now + fate.delay)
    later.insert(waiting, at: later.firstIndex { $0.due <= waiting.due } ?? later.endIndex)
  }

  /// Serves what has waited long enough.
  func serveDue(now: Int64) {
    while let next = later.last, next.due <= now {
      later.removeLast()
      resume(next)
    }
  }

  /// Serves everything that waits for its time: the rule that held it is gone.
  func hurry() {
    let all = later.reversed()
    later = []
    for waiting in all { resume(waiting) }
  }

  /// Freezes the disk amid a write to such a file: now, where one is not durable, or else at the next one.
  func freeze(amidWriteTo paths: PathPattern, _ caught: Latch<Bool>) {
    trap = (paths, caught)
    for file in files.all where file.data.lastWrite != nil { spring(by: file) }
  }

  /// A file was written to.
  func spring(by file: DiskFile) {
    guard let trap, let path = path(of: file), trap.paths.matches(path) else { return }
    setPower(.frozen)
    trap.caught.set(true)
  }

  func setPower(_ power: Power) {
    self.power = power
    trap = nil
    guard power != .frozen else { return }
    if power != .on { hurry() }
    let all = held
    held = []
    for waiting in all { resume(waiting) }
  }

  private func resume(_ waiting: Waiting) {
    unsafe waiting.message.withUnsafeBytes { bytes in
      guard let request = unsafe DiskRequest(bytes) else { return }
      admit(request, waiting.failure)
    }
  }

  /// Serves a request as far as the power allows it.
  private func admit(_ request: DiskRequest, _ failure: DiskFailure?) {
    let unique = request.header.unique
    switch power {
    case .on: break
    case .frozen:
      if request.isWriteBack { break }
      held.append(Waiting(message: request.copy, failure: failure, due: 0))
      return
    case .failing:
      if request.isWriteBack { break }
      return answers.refuse(unique, EIO)
    case .off:
      guard request.isWriteBack else { return answers.refuse(unique, EIO) }
      let size = request.argument(fuse_write_in()).size
      return answers.answer(unique, fuse_write_out(size: size, padding: 0))
    }
    guard let failure else { return serve(request) }
    if request.operation == FUSE_FSYNC { files[request.header.nodeid]?.data.syncFailed() }
    answers.refuse(unique, failure.number)
  }

  /// The path of a file on the disk; nil where it has none any more.
  func path(of file: DiskFile) -> String? {
    if file === root { return "" }
    let place = file.place
    guard place.hasPrefix(rootPlace + "/"), !place.hasSuffix(" (deleted)") else { return nil }
    return String(place.dropFirst(rootPlace.count + 1))
  }

  func path(of name: String, in folder: DiskFile) -> String? {
    path(of: folder).map { $0.isEmpty ? name : "\($0)/\(name)" }
  }
}

extension DiskFailure {
  var number: Int32 {
    switch self {
    case .io: EIO
    case .full: ENOSPC
    case .readOnly: EROFS
    }
  }
}
