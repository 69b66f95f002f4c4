internal import CFUSE
internal import Durability
internal import Glibc
internal import Linux

/// rename(2): what stood in the way is kept where a power loss would bring it back.
struct Move {
  let from: NamedPlace
  let to: NamedPlace
  let flags: UInt32

  private static let noReplace: UInt32 = 1
  private static let exchange: UInt32 = 2

  func carryOut(in session: DiskSession) throws(Refusal) {
    guard flags == 0 || flags == Self.noReplace || flags == Self.exchange else {
      throw Refusal(code: EINVAL)
    }
    let file = try session.look(from.name, in: from.folder)
    let old = try oldFile(in: session)
    if flags == Self.exchange { return try exchange(file, old, in: session) }
    guard let old else { return try move(file, over: nil, in: session) }
    if flags == Self.noReplace { throw Refusal(code: EEXIST) }
    // Two names of one file: nothing happens (rename(2)).
    if old === file { return }
    try move(file, over: old, in: session)
    if old.isFolder && !old.isInTrash { session.release(session.names.forget(folder: old.id)) }
    session.dropIfUnused(old)
  }

  private func oldFile(in session: DiskSession) throws(Refusal) -> DiskFile? {
    do throws(Refusal) { return try session.look(to.name, in: to.folder) } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
  }

  private func exchange(_ file: DiskFile, _ old: DiskFile?, in session: DiskSession) throws(Refusal)
  {
    guard let old else { throw Refusal(code: ENOENT) }
    try rename(flags)
    session.names.setTogether([(from.entry, file.id, old.id), (to.entry, old.id, file.id)])
  }

  private func move(_ file: DiskFile, over old: DiskFile?, in session: DiskSession) throws(Refusal)
  {
    session.names.setTogether([(from.entry, file.id, nil), (to.entry, old?.id, file.id)])
    var isKept = false
    do throws(Refusal) {
      if let old, session.names.isWanted(old.id), !old.isInTrash {
        try keep(old, in: session)
        isKept = true
      }
      try rename(0)
    } catch {
      session.names.set(to.entry, from: file.id, to: old?.id)
      session.names.set(from.entry, from: nil, to: file.id)
      if isKept, let old { giveBack(old, in: session) }
      throw error
    }
  }

  private func rename(_ flags: UInt32) throws(Refusal) {
    unsafe try Refusal.check(
      cf_rename(from.folder.handle.raw, from.name, to.folder.handle.raw, to.name, flags))
  }

  /// A second name in the trash; a folder can have only one.
  private func keep(_ old: DiskFile, in session: DiskSession) throws(Refusal) {
    guard old.isFolder else {
      unsafe try Refusal.check(
        cf_name(old.handle.raw, session.trash.raw, String(old.number)))
      old.isInTrash = true
      return
    }
    let isEmpty = unsafe try Refusal.check(cf_is_empty(to.folder.handle.raw, to.name))
    guard isEmpty != 0 else { throw Refusal(code: ENOTEMPTY) }
    try session.moveToTrash(to.name, in: to.folder, old)
  }

  private func giveBack(_ old: DiskFile, in session: DiskSession) {
    let name = String(old.number)
    if old.isFolder {
      _ = unsafe cf_rename(session.trash.raw, name, to.folder.handle.raw, to.name, 0)
    } else {
      _ = unsafe cf_remove(session.trash.raw, name, 0)
    }
    old.isInTrash = false
  }
}
