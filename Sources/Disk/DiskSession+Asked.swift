internal import CFUSE
internal import Durability
internal import Glibc

/// What rules see of a request.
extension DiskSession {
  struct Asked {
    var operations: Set<DiskOperation>
    var path: String
    var bytes = 0
  }

  /// Nil where no rule can be about it.
  func asked(by request: DiskRequest) -> Asked? {
    guard let file = files[request.header.nodeid] else { return nil }
    switch request.operation {
    case FUSE_READ:
      return about(file, [.read], Int(request.argument(fuse_read_in()).size))
    case FUSE_WRITE:
      let wanted = request.argument(fuse_write_in())
      let isGrowing = grows(file, to: Int(clamping: wanted.offset) + Int(wanted.size))
      return about(file, isGrowing ? [.write, .grow] : [.write], Int(wanted.size))
    case FUSE_FALLOCATE: return about(file, [.grow])
    case FUSE_FSYNC, FUSE_FSYNCDIR: return about(file, [.sync])
    case FUSE_OPEN: return opening(file, request.argument(fuse_open_in()).flags)
    case FUSE_SETATTR:
      let isSize = request.argument(fuse_setattr_in()).valid & UInt32(FATTR_SIZE) != 0
      return about(file, [isSize ? .truncate : .change])
    default: return name(in: file, request)
    }
  }

  private func about(_ file: DiskFile, _ operations: Set<DiskOperation>, _ bytes: Int = 0) -> Asked?
  {
    path(of: file).map { Asked(operations: operations, path: $0, bytes: bytes) }
  }

  private func opening(_ file: DiskFile, _ flags: UInt32) -> Asked? {
    let flags = Int32(bitPattern: flags)
    guard flags & O_ACCMODE != O_RDONLY else { return nil }
    return about(file, flags & O_TRUNC != 0 ? [.openToWrite, .truncate] : [.openToWrite])
  }

  /// What makes, moves or removes a name.
  private func name(in folder: DiskFile, _ request: DiskRequest) -> Asked? {
    let place: (offset: Int, operation: DiskOperation)? =
      switch request.operation {
      case FUSE_CREATE: (MemoryLayout<fuse_create_in>.size, .create)
      case FUSE_MKNOD: (MemoryLayout<fuse_mknod_in>.size, .create)
      case FUSE_MKDIR: (MemoryLayout<fuse_mkdir_in>.size, .create)
      case FUSE_LINK: (MemoryLayout<fuse_link_in>.size, .create)
      case FUSE_SYMLINK: (0, .create)
      case FUSE_UNLINK, FUSE_RMDIR: (0, .remove)
      case FUSE_RENAME: (MemoryLayout<fuse_rename_in>.size, .rename)
      case FUSE_RENAME2: (MemoryLayout<fuse_rename2_in>.size, .rename)
      default: nil
      }
    guard let place, let name = request.text(at: place.offset)?.text,
      let path = path(of: name, in: folder)
    else { return nil }
    return Asked(operations: [place.operation], path: path)
  }

  /// Whether a write needs room that the file does not have yet: beyond its end, or in a hole.
  private func grows(_ file: DiskFile, to end: Int) -> Bool {
    guard let attributes = try? file.status().attributes else { return false }
    return end > Int(clamping: attributes.size) || attributes.blocks * 512 < attributes.size
  }
}
