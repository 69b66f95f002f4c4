internal import CFUSE
internal import Durability
internal import Glibc
internal import Linux

/// Undoing what is not durable.
extension DiskSession {
  /// What a power loss did, and what the kernel must forget of it.
  struct Undone: Sendable {
    var losses = DiskLosses()
    var names: [(folder: UInt64, name: String)] = []
  }

  /// Makes everything what it was when it was last durable.
  ///
  /// - Parameters:
  ///   - torn: so many bytes of the beginning of the disk's last write stay.
  ///   - paths: only a write to one of these counts as the last.
  func lose(torn: Int, of paths: PathPattern?) -> Undone {
    var undone = Undone()
    let dirty = files.all.filter { !$0.data.isDurable }
    let places = dirty.map { path(of: $0) ?? "" }
    let changes = names.changes
    for change in changes {
      guard let folder = files[id: change.entry.folder] else { continue }
      undone.names.append((folder.number, change.entry.name))
      undone.losses.names.append(
        .init(
          path: path(of: change.entry.name, in: folder) ?? change.entry.name,
          change: change.durable == nil ? .gone : change.current == nil ? .back : .restored))
    }
    for change in changes where change.current != nil { takeAway(change) }
    for change in changes where change.durable != nil { bringBack(change) }
    emptyTrash()
    names = NameLog()
    let tornFile = torn > 0 ? lastWritten(zip(dirty, places), paths) : nil
    for (file, path) in zip(dirty, places) {
      if isGone(file) {
        file.data.settled()
      } else if let loss = restore(file, path, torn: file === tornFile ? torn : 0) {
        undone.losses.files.append(loss)
      }
    }
    undone.losses.files.sort { $0.path < $1.path }
    undone.losses.names.sort { $0.path < $1.path }
    for file in files.all { dropIfUnused(file) }
    return undone
  }

  /// Everything is durable as it is.
  func settle() {
    for file in files.all { file.data.settled() }
    release(names.settled())
    for file in files.all { dropIfUnused(file) }
  }

  private func isGone(_ file: DiskFile) -> Bool { (try? file.status().attributes.nlink) == 0 }

  private func lastWritten(
    _ files: Zip2Sequence<[DiskFile], [String]>, _ paths: PathPattern?
  ) -> DiskFile? {
    files.filter { file, path in
      file.data.lastWrite != nil && !isGone(file) && paths?.matches(path) ?? true
    }.max { ($0.0.data.lastWrite?.serial ?? 0) < ($1.0.data.lastWrite?.serial ?? 0) }?.0
  }

  /// The entry leads nowhere afterwards; what it led to is kept where it is wanted elsewhere.
  private func takeAway(_ change: NameLog.Change) {
    guard let folder = files[id: change.entry.folder], let current = change.current,
      let file = files[id: current]
    else { return }
    let name = change.entry.name
    if names.isWanted(file.id) && !file.isInTrash {
      try? moveToTrash(name, in: folder, file)
    } else if file.isFolder {
      // Its own entries are being taken away, too, before or after this one.
      _ = unsafe cf_rename(folder.handle.raw, name, trash.raw, "lost-\(file.number)", 0)
    } else {
      _ = unsafe cf_remove(folder.handle.raw, name, 0)
    }
  }

  private func bringBack(_ change: NameLog.Change) {
    guard let folder = files[id: change.entry.folder], let durable = change.durable,
      let file = files[id: durable], file.isInTrash
    else { return }
    if file.isFolder {
      _ = unsafe cf_rename(
        trash.raw, String(file.number), folder.handle.raw, change.entry.name, 0)
      file.isInTrash = false
    } else {
      _ = unsafe cf_name(file.handle.raw, folder.handle.raw, change.entry.name)
    }
  }

  private func emptyTrash() {
    for file in files.all where file.isInTrash {
      _ = unsafe cf_remove(trash.raw, String(file.number), file.isFolder ? 1 : 0)
      file.isInTrash = false
    }
    for name in (try? Files.list(folder + "/trash")) ?? [] where name.hasPrefix("lost-") {
      try? Files.removeTree(folder + "/trash/" + name)
    }
  }

  private func restore(_ file: DiskFile, _ path: String, torn: Int) -> DiskLosses.File? {
    guard let fd = try? file.opened(), let before = try? file.size() else { return nil }
    var kept: [UInt8] = []
    if torn > 0, let last = file.data.lastWrite {
      kept = [UInt8](repeating: 0, count: min(torn, last.range.count))
      let got = unsafe pread(fd, &kept, kept.count, off_t(last.range.lowerBound))
      kept.removeLast(kept.count - max(0, got))
    }
    let (writes, bytes) = (file.data.writes, file.data.bytes)
    guard let restoration = file.data.restoration(torn: kept) else { return nil }
    for write in restoration.writes {
      _ = unsafe pwrite(fd, write.bytes, write.bytes.count, off_t(write.offset))
    }
    _ = cf_truncate(fd, UInt64(restoration.size))
    file.data.settled()
    file.closeIfUnused()
    return .init(
      path: path, writes: writes, bytes: bytes, sizeBefore: before, sizeAfter: restoration.size,
      tornBytes: kept.count)
  }
}
