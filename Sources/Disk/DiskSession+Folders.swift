internal import CFUSE
internal import Durability
internal import Glibc
internal import Linux

/// An entry of a folder, as it is listed.
struct FolderEntry {
  let inode: UInt64
  let type: UInt32
  let name: [UInt8]
}

/// Folders that are open. A listing is taken when it is read from its beginning.
extension DiskSession {
  func serveFolder(_ request: DiskRequest) throws(Refusal) {
    let unique = request.header.unique
    let folder = try file(request.header.nodeid)
    switch request.operation {
    case FUSE_OPENDIR:
      listings[nextListing] = []
      nextListing += 1
      answers.answer(unique, fuse_open_out(fh: nextListing - 1, open_flags: 0, padding: 0))
    case FUSE_RELEASEDIR:
      listings[request.argument(fuse_release_in()).fh] = nil
      answers.refuse(unique, 0)
    case FUSE_FSYNCDIR:
      release(names.synced(folder.id, isFolder: true))
      answers.refuse(unique, 0)
    default: try list(folder, request)
    }
  }

  private func list(_ folder: DiskFile, _ request: DiskRequest) throws(Refusal) {
    let wanted = request.argument(fuse_read_in())
    if wanted.offset == 0 { listings[wanted.fh] = try Self.entries(of: folder) }
    var bytes: [UInt8] = []
    for (index, entry) in (listings[wanted.fh] ?? []).enumerated().dropFirst(Int(wanted.offset)) {
      var header = fuse_dirent()
      header.ino = entry.inode
      header.off = UInt64(index + 1)
      header.namelen = UInt32(entry.name.count)
      header.type = entry.type
      var one = unsafe withUnsafeBytes(of: header) { unsafe Array($0) } + entry.name
      one += [UInt8](repeating: 0, count: (8 - one.count % 8) % 8)
      if bytes.count + one.count > Int(wanted.size) { break }
      bytes += one
    }
    answers.answer(request.header.unique, bytes: bytes)
  }

  /// As getdents64(2) gives them: inode, offset, length of the record, type, name.
  private static func entries(of folder: DiskFile) throws(Refusal) -> [FolderEntry] {
    let reading = Linux.Descriptor(owning: try Refusal.check(cf_open_folder(folder.handle.raw)))
    var entries: [FolderEntry] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe try Refusal.check(cf_list(reading.raw, &buffer, buffer.count))
      if count == 0 { return entries }
      var place = 0
      while place < count {
        let length = Int(buffer[place + 16]) | Int(buffer[place + 17]) << 8
        let inode = (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(buffer[place + $1]) }
        let name = buffer[(place + 19)..<(place + length)].prefix { $0 != 0 }
        entries.append(
          FolderEntry(inode: inode, type: UInt32(buffer[place + 18]), name: Array(name)))
        place += length
      }
    }
  }
}
