internal import CLinux
internal import Glibc

extension Files {
  /// Why a folder is not this user's alone, as the end of a sentence about it; nil when it is. Makes the
  /// folder where there is nothing: in a place like `/tmp` anybody may have made it before, or put a
  /// link there.
  public static func refusalOfPrivateFolder(_ path: String) -> String? {
    _ = unsafe mkdir(path, 0o700)
    let fd = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard fd >= 0 else {
      let code = cl_errno()
      return [ELOOP, ENOTDIR].contains(code)
        ? "is a link or no folder" : "cannot be opened (\(Errno(code, "").reason))"
    }
    let folder = Descriptor(owning: fd)
    var info = stat()
    guard unsafe fstat(folder.raw, &info) == 0 else { return "cannot be looked at" }
    if info.st_uid != geteuid() { return "belongs to another user (number \(info.st_uid))" }
    let mode = info.st_mode & 0o777
    if mode & 0o077 != 0 { return "is open to other users (mode 0\(String(mode, radix: 8)))" }
    return nil
  }
}
