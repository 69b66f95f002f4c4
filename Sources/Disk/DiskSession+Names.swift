internal import CFUSE
internal import Durability
internal import Glibc
internal import Linux

/// Names of files: finding, making, moving and removing them.
extension DiskSession {
  func serveName(_ request: DiskRequest) throws(Refusal) {
    let unique = request.header.unique
    let folder = try file(request.header.nodeid)
    switch request.operation {
    case FUSE_LOOKUP:
      answers.answer(unique, try told(try name(request, at: 0), in: folder, isNew: false).entry)
    case FUSE_UNLINK, FUSE_RMDIR:
      try remove(try name(request, at: 0), in: folder, isFolder: request.operation == FUSE_RMDIR)
      answers.refuse(unique, 0)
    case FUSE_RENAME:
      let wanted = request.argument(fuse_rename_in())
      try rename(request, from: folder, MemoryLayout<fuse_rename_in>.size, wanted.newdir, flags: 0)
    case FUSE_RENAME2:
      let wanted = request.argument(fuse_rename2_in())
      try rename(
        request, from: folder, MemoryLayout<fuse_rename2_in>.size, wanted.newdir,
        flags: wanted.flags)
    default:
      let name = try make(in: folder, request)
      answers.answer(unique, try told(name, in: folder, isNew: true).entry)
    }
  }

  /// - Throws: EILSEQ where it is not UTF-8, which no server of ours uses.
  func name(_ request: DiskRequest, at offset: Int) throws(Refusal) -> String {
    guard let name = request.text(at: offset)?.text else { throw Refusal(code: EILSEQ) }
    return name
  }

  /// What a name leads to.
  func look(_ name: String, in folder: DiskFile) throws(Refusal) -> DiskFile {
    var status = cf_status()
    let handle = unsafe try Refusal.check(cf_find(folder.handle.raw, name, &status))
    if let known = files.known(status) {
      _ = Descriptor(owning: handle)
      return known
    }
    return files.add(Descriptor(owning: handle), status)
  }

  /// What a name leads to, as the kernel is told.
  ///
  /// - Parameter isNew: the name was just made.
  func told(_ name: String, in folder: DiskFile, isNew: Bool) throws(Refusal)
    -> (file: DiskFile, entry: fuse_entry_out)
  {
    let file = try look(name, in: folder)
    if isNew { names.set(NameLog.Entry(folder.id, name), from: nil, to: file.id) }
    var entry = fuse_entry_out()
    entry.nodeid = file.number
    entry.entry_valid = Self.validSeconds
    entry.attr_valid = Self.validSeconds
    entry.attr = try file.status().attributes
    file.lookups += 1
    return (file, entry)
  }

  private func make(in folder: DiskFile, _ request: DiskRequest) throws(Refusal) -> String {
    let (user, group) = (request.header.uid, request.header.gid)
    let place = folder.handle.raw
    switch request.operation {
    case FUSE_MKNOD:
      let wanted = request.argument(fuse_mknod_in())
      let name = try name(request, at: MemoryLayout<fuse_mknod_in>.size)
      unsafe try Refusal.check(cf_make_node(place, name, wanted.mode, wanted.rdev, user, group))
      return name
    case FUSE_MKDIR:
      let name = try name(request, at: MemoryLayout<fuse_mkdir_in>.size)
      let mode = request.argument(fuse_mkdir_in()).mode
      unsafe try Refusal.check(cf_make_folder(place, name, mode, user, group))
      return name
    case FUSE_SYMLINK:
      guard let (name, next) = request.text(at: 0), let target = request.text(at: next)?.text else {
        throw Refusal(code: EILSEQ)
      }
      unsafe try Refusal.check(cf_make_link(place, name, target, user, group))
      return name
    default:
      let old = try file(request.argument(fuse_link_in()).oldnodeid)
      let name = try name(request, at: MemoryLayout<fuse_link_in>.size)
      unsafe try Refusal.check(cf_name(old.handle.raw, place, name))
      return name
    }
  }

  private func remove(_ name: String, in folder: DiskFile, isFolder: Bool) throws(Refusal) {
    let file = try look(name, in: folder)
    if isFolder {
      let isEmpty = unsafe try Refusal.check(cf_is_empty(folder.handle.raw, name))
      guard isEmpty != 0 else { throw Refusal(code: ENOTEMPTY) }
    }
    let entry = NameLog.Entry(folder.id, name)
    names.set(entry, from: file.id, to: nil)
    do throws(Refusal) {
      if names.isWanted(file.id) && !file.isInTrash {
        try moveToTrash(name, in: folder, file)
      } else {
        unsafe try Refusal.check(cf_remove(folder.handle.raw, name, file.isFolder ? 1 : 0))
      }
    } catch {
      names.set(entry, from: nil, to: file.id)
      throw error
    }
    if file.isFolder && !file.isInTrash { release(names.forget(folder: file.id)) }
    dropIfUnused(file)
  }

  func moveToTrash(_ name: String, in folder: DiskFile, _ file: DiskFile) throws(Refusal) {
    unsafe try Refusal.check(
      cf_rename(folder.handle.raw, name, trash.raw, String(file.number), 0))
    file.isInTrash = true
  }

  private func rename(
    _ request: DiskRequest, from folder: DiskFile, _ offset: Int, _ newFolder: UInt64,
    flags: UInt32
  ) throws(Refusal) {
    guard let (old, next) = request.text(at: offset), let new = request.text(at: next)?.text else {
      throw Refusal(code: EILSEQ)
    }
    try Move(
      from: NamedPlace(folder: folder, name: old),
      to: NamedPlace(folder: try file(newFolder), name: new), flags: flags
    ).carryOut(in: self)
    answers.refuse(request.header.unique, 0)
  }

  /// No power loss brings these back: what of them only the trash keeps is gone.
  func release(_ released: Set<Int>) {
    var queue = Array(released)
    while let number = queue.popLast() {
      guard let file = files[id: number], !names.isWanted(number) else { continue }
      if file.isInTrash {
        _ = unsafe cf_remove(trash.raw, String(file.number), file.isFolder ? 1 : 0)
        file.isInTrash = false
        if file.isFolder { queue += names.forget(folder: number) }
      }
      dropIfUnused(file)
    }
  }
}

/// A name in a folder.
struct NamedPlace {
  let folder: DiskFile
  let name: String

  var entry: NameLog.Entry { NameLog.Entry(folder.id, name) }
}
