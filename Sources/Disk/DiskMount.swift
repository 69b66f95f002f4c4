internal import CFUSE
internal import Glibc
public import Linux

/// Where file systems of ours come from.
public enum DiskMount {
  /// The device that the kernel asks through.
  public static let device = "/dev/fuse"

  /// Whether this process may make file systems of its own, as far as the device tells.
  public static func obstacle() -> Errno? {
    do throws(Errno) {
      _ = try open()
      return nil
    } catch {
      return error
    }
  }

  /// A connection to the kernel that nothing is mounted with yet.
  public static func open() throws(Errno) -> Descriptor {
    Descriptor(owning: try Errno.check(cf_open_device(), "open \(device)"))
  }

  /// Mounts the file system that answers on `device`, in the calling thread's mount namespace; whoever
  /// looks into it waits until a `DiskServer` answers, or until the last descriptor is closed.
  public static func mount(_ device: borrowing Descriptor, at target: String) throws(Errno) {
    unsafe try Errno.check(cf_mount(device.raw, target), "mount a disk of ours at \(target)")
  }

  /// The folders that a disk keeps its files in.
  public static func makeBacking(_ folder: String) throws(Errno) {
    try Files.makeFolder(folder + "/root")
    try Files.makeFolder(folder + "/trash", mode: 0o700)
  }

  /// Reads bytes past the kernel's cache, so that the disk itself answers.
  ///
  /// - Parameter offset: a multiple of 4096.
  public static func readDirectly(_ path: String, at offset: Int) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe try Errno.check(
      cf_read_directly(path, &bytes, bytes.count, UInt64(offset)), "read \(path)")
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
