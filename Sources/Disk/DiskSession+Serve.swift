internal import CFUSE
internal import Durability
internal import Glibc
internal import Linux

/// Which request is answered by what.
extension DiskSession {
  func serve(_ request: DiskRequest) {
    let unique = request.header.unique
    do throws(Refusal) {
      switch request.operation {
      case FUSE_INIT: answers.answer(unique, greeting(request.argument(fuse_init_in())))
      case FUSE_DESTROY: answers.refuse(unique, 0)
      case FUSE_FORGET: forget(request.header.nodeid, request.argument(fuse_forget_in()).nlookup)
      case FUSE_BATCH_FORGET: forgetAll(request)
      case FUSE_STATFS: answers.answer(unique, try room())
      case FUSE_GETATTR, FUSE_SETATTR, FUSE_READLINK: try serveAttributes(request)
      case FUSE_OPEN, FUSE_CREATE, FUSE_RELEASE, FUSE_READ, FUSE_WRITE, FUSE_FSYNC, FUSE_FALLOCATE:
        try serveData(request)
      case FUSE_OPENDIR, FUSE_READDIR, FUSE_RELEASEDIR, FUSE_FSYNCDIR: try serveFolder(request)
      case FUSE_LOOKUP, FUSE_MKNOD, FUSE_MKDIR, FUSE_SYMLINK, FUSE_LINK, FUSE_UNLINK, FUSE_RMDIR,
        FUSE_RENAME, FUSE_RENAME2:
        try serveName(request)
      default: throw Refusal(code: ENOSYS)
      }
    } catch {
      answers.refuse(unique, error.code)
    }
  }

  /// No cache of writes in the kernel: what a server wrote is here when its call returns.
  private func greeting(_ theirs: fuse_init_in) -> fuse_init_out {
    var ours = fuse_init_out()
    ours.major = UInt32(FUSE_KERNEL_VERSION)
    ours.minor = min(theirs.minor, UInt32(FUSE_KERNEL_MINOR_VERSION))
    ours.max_readahead = theirs.max_readahead
    let wanted =
      FUSE_ASYNC_READ | FUSE_ATOMIC_O_TRUNC | FUSE_BIG_WRITES | FUSE_PARALLEL_DIROPS
      | FUSE_MAX_PAGES
    ours.flags = theirs.flags & UInt32(wanted)
    ours.max_background = 64
    ours.congestion_threshold = 48
    ours.max_write = UInt32(DiskAnswers.mostBytes)
    ours.max_pages = UInt16(DiskAnswers.mostBytes / 4096)
    ours.time_gran = 1
    return ours
  }

  private func room() throws(Refusal) -> fuse_statfs_out {
    var out = fuse_statfs_out()
    unsafe try Refusal.check(cf_room(root.handle.raw, &out.st))
    if rules.isFull { (out.st.bfree, out.st.bavail) = (0, 0) }
    return out
  }

  func file(_ number: UInt64) throws(Refusal) -> DiskFile {
    guard let file = files[number] else { throw Refusal(code: ESTALE) }
    return file
  }

  private func forgetAll(_ request: DiskRequest) {
    let count = Int(request.argument(fuse_batch_forget_in()).count)
    let entries = unsafe request.withBytes(at: MemoryLayout<fuse_batch_forget_in>.size) { bytes in
      (0..<count).compactMap { index -> fuse_forget_one? in
        let offset = index * MemoryLayout<fuse_forget_one>.stride
        guard offset + MemoryLayout<fuse_forget_one>.size <= bytes.count else { return nil }
        return unsafe bytes.loadUnaligned(fromByteOffset: offset, as: fuse_forget_one.self)
      }
    }
    for entry in entries { forget(entry.nodeid, entry.nlookup) }
  }

  private func forget(_ number: UInt64, _ count: UInt64) {
    guard let file = files[number], file !== root else { return }
    file.lookups -= min(count, file.lookups)
    dropIfUnused(file)
  }

  /// Lets go of a file that neither the kernel nor an undo needs.
  func dropIfUnused(_ file: DiskFile) {
    guard file.lookups == 0, file.opens == 0, file !== root, !file.isInTrash,
      !names.mentions(file.id)
    else { return }
    guard file.data.isDurable || (try? file.status().attributes.nlink) == 0 else { return }
    files.remove(file)
  }

  // Kernel caches may last: all changes go through the kernel, and it is told of ours.
  static let validSeconds: UInt64 = 3600
}
