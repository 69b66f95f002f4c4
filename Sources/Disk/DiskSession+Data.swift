internal import CFUSE
internal import Durability
internal import Glibc
internal import Linux

/// Contents of files.
extension DiskSession {
  func serveData(_ request: DiskRequest) throws(Refusal) {
    let unique = request.header.unique
    let file = try file(request.header.nodeid)
    switch request.operation {
    case FUSE_OPEN:
      try open(file, flags: request.argument(fuse_open_in()).flags)
      answers.answer(unique, Self.opened)
    case FUSE_CREATE: try create(in: file, request)
    case FUSE_RELEASE:
      file.opens = max(0, file.opens - 1)
      file.closeIfUnused()
      answers.refuse(unique, 0)
      dropIfUnused(file)
    case FUSE_READ: try read(file, request)
    case FUSE_WRITE: try write(file, request)
    case FUSE_FSYNC:
      try sync(file)
      answers.refuse(unique, 0)
    default:
      try allocate(file, request.argument(fuse_fallocate_in()))
      answers.refuse(unique, 0)
    }
  }

  private static let opened = fuse_open_out(
    fh: 0, open_flags: UInt32(FOPEN_KEEP_CACHE | FOPEN_NOFLUSH), padding: 0)

  private func open(_ file: DiskFile, flags: UInt32) throws(Refusal) {
    _ = try file.opened()
    if Int32(bitPattern: flags) & O_TRUNC != 0 { try truncate(file, to: 0) }
    file.opens += 1
  }

  private func create(in folder: DiskFile, _ request: DiskRequest) throws(Refusal) {
    let wanted = request.argument(fuse_create_in())
    let name = try name(request, at: MemoryLayout<fuse_create_in>.size)
    let caller = request.header
    let made = unsafe cf_make_file(folder.handle.raw, name, wanted.mode, caller.uid, caller.gid)
    let isOld = made == -EEXIST && Int32(bitPattern: wanted.flags) & O_EXCL == 0
    if !isOld { try Refusal.check(made) }
    let (file, entry) = try told(name, in: folder, isNew: !isOld)
    do throws(Refusal) { try open(file, flags: isOld ? wanted.flags : 0) } catch {
      file.lookups -= 1
      throw error
    }
    answers.answer(caller.unique, entry, Self.opened)
  }

  private func read(_ file: DiskFile, _ request: DiskRequest) throws(Refusal) {
    let wanted = request.argument(fuse_read_in())
    let fd = try file.opened()
    unsafe answers.answer(request.header.unique, count: Int(wanted.size)) { space in
      let got = unsafe pread(fd, space.baseAddress, space.count, off_t(clamping: wanted.offset))
      return got < 0 ? -Int(errno) : got
    }
  }

  private func write(_ file: DiskFile, _ request: DiskRequest) throws(Refusal) {
    let wanted = request.argument(fuse_write_in())
    let fd = try file.opened()
    let start = Int(clamping: wanted.offset)
    try prepare(file, start..<start + Int(wanted.size))
    let done = unsafe request.withBytes(at: MemoryLayout<fuse_write_in>.size) { bytes in
      let count = min(bytes.count, Int(wanted.size))
      let done = unsafe pwrite(fd, bytes.baseAddress, count, off_t(start))
      return done < 0 ? -Int(errno) : done
    }
    try Refusal.check(done)
    serial += 1
    file.data.wrote(start..<start + done, serial: serial)
    spring(by: file)
    answers.answer(request.header.unique, fuse_write_out(size: UInt32(done), padding: 0))
  }

  /// Keeps what is about to change.
  func prepare(_ file: DiskFile, _ range: Range<Int>) throws(Refusal) {
    let size = file.data.isDurable ? try file.size() : 0
    for number in file.data.willChange(range, size: size) {
      var page = [UInt8](repeating: 0, count: DataLog.pageBytes)
      let fd = try file.opened()
      let got = unsafe pread(fd, &page, page.count, off_t(number * DataLog.pageBytes))
      guard got >= 0 else { throw Refusal(code: errno) }
      file.data.keep(number, Array(page.prefix(got)))
    }
  }

  func truncate(_ file: DiskFile, to size: Int) throws(Refusal) {
    let fd = try file.opened()
    try prepare(file, size..<max(size, try file.size()))
    try Refusal.check(cf_truncate(fd, UInt64(size)))
    file.closeIfUnused()
  }

  private func allocate(_ file: DiskFile, _ wanted: fuse_fallocate_in) throws(Refusal) {
    let known = UInt32(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)
    guard wanted.mode & ~known == 0 else { throw Refusal(code: EOPNOTSUPP) }
    let fd = try file.opened()
    let start = Int(clamping: wanted.offset)
    let isErasing = wanted.mode & ~UInt32(FALLOC_FL_KEEP_SIZE) != 0
    try prepare(file, start..<start + (isErasing ? Int(clamping: wanted.length) : 0))
    try Refusal.check(cf_allocate(fd, wanted.mode, wanted.offset, wanted.length))
  }

  private func sync(_ file: DiskFile) throws(Refusal) {
    if !file.data.isDurable { file.data.synced(size: try file.size()) }
    release(names.synced(file.id, isFolder: file.isFolder))
  }
}
