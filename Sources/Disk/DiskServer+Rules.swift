internal import CFUSE
public import Durability
internal import Glibc
public import Linux

/// Faults of a disk.
extension DiskServer {
  /// Adds a rule; one of that name is replaced. What the kernel holds of the files in question is
  /// forgotten, so that reads come through.
  public func add(_ rule: DiskRule, named name: String) throws(Errno) {
    try onDisk { $0.rules.add(rule, named: name) }
    if rule.operations.contains(.read) { try forgetAll(rule.paths) }
  }

  /// Takes a rule away, nothing when there is none; what waits because of it is served at once.
  public func remove(_ name: String) throws(Errno) {
    try onDisk { session in
      session.rules.remove(name)
      session.hurry()
    }
  }

  /// What a rule did so far; nil when there is none of that name.
  public func hits(of name: String) throws(Errno) -> DiskHits? {
    try onDisk { $0.rules.hits(of: name) }
  }

  /// The regular files that a pattern covers, with their sizes in bytes, sorted.
  public func files(_ paths: PathPattern) throws(Errno) -> [DiskEntry] {
    try onDisk { $0.entries(paths) }
  }

  /// Inverts one bit on the medium, behind the back of whoever uses the file.
  ///
  /// - Returns: the byte as it is afterwards.
  public func flip(bit: Int, at offset: Int, of path: String) throws(Errno) -> UInt8 {
    let result = try onDisk { $0.flip(bit: bit, at: offset, of: path) }
    try Errno.check(result, "flip a bit of \(path)")
    if let pattern = PathPattern(path) { try forgetAll(pattern) }
    return UInt8(truncatingIfNeeded: result)
  }
}

/// A regular file of a disk.
public struct DiskEntry: Hashable, Sendable {
  /// On the disk.
  public var path: String
  /// In bytes.
  public var size: Int

  /// A file of that path and size.
  public init(path: String, size: Int) {
    self.path = path
    self.size = size
  }
}

extension DiskSession {
  fileprivate func entries(_ paths: PathPattern) -> [DiskEntry] {
    let top = folder + "/root"
    var found: [DiskEntry] = []
    var folders = [""]
    while let next = folders.popLast() {
      for name in (try? Files.list(top + "/" + next)) ?? [] {
        let path = next.isEmpty ? name : "\(next)/\(name)"
        var status = cf_status()
        let handle = unsafe cf_find(AT_FDCWD, top + "/" + path, &status)
        guard handle >= 0 else { continue }
        _ = Descriptor(owning: handle)
        switch status.attributes.mode & UInt32(S_IFMT) {
        case UInt32(S_IFDIR): folders.append(path)
        case UInt32(S_IFREG) where paths.matches(path):
          found.append(DiskEntry(path: path, size: Int(clamping: status.attributes.size)))
        default: break
        }
      }
    }
    return found.sorted { $0.path < $1.path }
  }

  /// The byte afterwards, or -errno.
  fileprivate func flip(bit: Int, at offset: Int, of path: String) -> Int32 {
    var status = cf_status()
    let handle = unsafe cf_find(AT_FDCWD, folder + "/root/" + path, &status)
    guard handle >= 0 else { return handle }
    let found = Descriptor(owning: handle)
    let opened = cf_open(found.raw)
    guard opened >= 0 else { return opened }
    let file = Descriptor(owning: opened)
    var byte: UInt8 = 0
    let mask = UInt8(1) << UInt8(bit & 7)
    guard unsafe pread(file.raw, &byte, 1, off_t(offset)) == 1 else { return -ENXIO }
    byte ^= mask
    guard unsafe pwrite(file.raw, &byte, 1, off_t(offset)) == 1 else { return -EIO }
    files.known(status)?.data.flip(mask, at: offset)
    return Int32(byte)
  }
}
