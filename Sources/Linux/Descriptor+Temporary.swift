internal import CLinux
internal import Glibc

extension Descriptor {
  /// A file in memory that has no name and goes with its last descriptor.
  public static func temporary() throws(Errno) -> Descriptor {
    Descriptor(owning: try Errno.check(cl_memory_file(), "make a file in memory"))
  }

  /// All that is in the file, from its beginning.
  public borrowing func contents() throws(Errno) -> [UInt8] {
    guard lseek(raw, 0, SEEK_SET) == 0 else { throw Errno.last("go to the beginning of a file") }
    return try readAll()
  }
}
