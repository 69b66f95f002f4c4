internal import CFUSE
internal import Glibc
internal import Linux

/// What is known of files besides their content. Owners, modes and times are durable at once.
extension DiskSession {
  func serveAttributes(_ request: DiskRequest) throws(Refusal) {
    let unique = request.header.unique
    let file = try file(request.header.nodeid)
    switch request.operation {
    case FUSE_READLINK: try readLink(file, unique)
    case FUSE_SETATTR:
      try change(file, request.argument(fuse_setattr_in()))
      answers.answer(unique, try attributes(of: file))
    default: answers.answer(unique, try attributes(of: file))
    }
  }

  private func attributes(of file: DiskFile) throws(Refusal) -> fuse_attr_out {
    fuse_attr_out(
      attr_valid: Self.validSeconds, attr_valid_nsec: 0, dummy: 0,
      attr: try file.status().attributes)
  }

  private func change(_ file: DiskFile, _ wanted: fuse_setattr_in) throws(Refusal) {
    if wanted.valid & UInt32(FATTR_SIZE) != 0 {
      try truncate(file, to: Int(clamping: wanted.size))
    }
    try Refusal.check(unsafe withUnsafePointer(to: wanted) { unsafe cf_set(file.handle.raw, $0) })
  }

  private func readLink(_ file: DiskFile, _ unique: UInt64) throws(Refusal) {
    unsafe answers.answer(unique, count: 4096) { space in
      unsafe space.withMemoryRebound(to: CChar.self) {
        unsafe cf_read_link(file.handle.raw, $0.baseAddress, $0.count)
      }
    }
  }
}
