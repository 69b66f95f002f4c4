import Disk
import Durability
import Glibc
import Linux
import TestGround
import Testing

/// A disk that is mounted in a mount namespace of the test's own, and gone with the thread.
struct Mounted {
  let server: DiskServer
  /// Where it is seen, on the calling thread only.
  let place: String
  /// Where its files lie.
  let backing: String

  static func run<Result>(_ body: (Mounted) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder()
    var server: DiskServer?
    defer { server?.wait() }
    return try Linux.Thread.sync(named: "test disk") {
      try Namespaces.unshare([.mounts])
      try Mounts.makePrivate()
      let (place, backing) = (folder.file("seen"), folder.file("backing"))
      try Files.makeFolder(place)
      try DiskMount.makeBacking(backing)
      let device = try DiskMount.open()
      try DiskMount.mount(device, at: place)
      let made = try DiskServer(device, folder: backing)
      server = made
      defer { umount2(place, Int32(MNT_DETACH)) }
      return try body(Mounted(server: made, place: place, backing: backing))
    }
  }

  func path(_ name: String) -> String { place + "/" + name }

  func open(_ name: String, _ flags: Int32) throws -> Int32 {
    try Errno.retrying("open \(name)") { Glibc.open(path(name), flags, 0o644) }
  }

  func write(_ name: String, _ bytes: [UInt8], at offset: Int = 0, syncs: Bool = false) throws {
    let fd = try open(name, O_RDWR | O_CREAT)
    defer { close(fd) }
    try Errno.retrying("write \(name)") { pwrite(fd, bytes, bytes.count, off_t(offset)) }
    if syncs { try Errno.retrying("sync \(name)") { fsync(fd) } }
  }

  func write(_ name: String, _ text: String, syncs: Bool = false) throws {
    try write(name, Array(text.utf8), syncs: syncs)
  }

  func sync(_ name: String) throws {
    let fd = try open(name, O_RDONLY)
    defer { close(fd) }
    try Errno.retrying("sync \(name)") { fsync(fd) }
  }

  func read(_ name: String) throws -> [UInt8] {
    try Descriptor.open(path(name), .read).readAll()
  }

  func text(_ name: String) -> String? {
    (try? read(name)).map { String(decoding: $0, as: UTF8.self) }
  }

  @discardableResult
  func crash(torn: Int = 0) throws -> DiskLosses {
    try server.freeze()
    let losses = try server.losePower(torn: torn)
    try server.restorePower()
    return losses
  }
}
