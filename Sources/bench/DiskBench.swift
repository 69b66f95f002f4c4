import Basics
import Disk
import Glibc
import Linux

/// What a disk of ours costs: writes of a page and fdatasync, in a plain folder in memory and on such a
/// disk above the same folder. Rounds are interleaved, so that both meet the same weather.
enum DiskBench {
  static func run() {
    guard geteuid() == 0, DiskMount.obstacle() == nil else {
      return print("disk: skipped, needs root and \(DiskMount.device)")
    }
    do {
      let folder = "/tmp/faultline-bench-disk-\(getpid())"
      try Files.makeFolder(folder)
      try Linux.Thread.sync(named: "bench disk") {
        try Namespaces.unshare([.mounts])
        try Mounts.makePrivate()
        try Mounts.mount("tmpfs", at: folder, options: "mode=755")
        try compare(in: folder)
      }
      try Files.removeTree(folder)
    } catch { print("disk: failed: \(error)") }
  }

  private static func compare(in folder: String) throws {
    let (seen, backing, plain) = (folder + "/seen", folder + "/backing", folder + "/plain")
    for place in [seen, plain] { try Files.makeFolder(place) }
    try DiskMount.makeBacking(backing)
    let device = try DiskMount.open()
    try DiskMount.mount(device, at: seen)
    let server = try DiskServer(device, folder: backing)
    var rates: (plain: [Double], disk: [Double]) = ([], [])
    for _ in 0..<5 {
      rates.plain.append(try syncs(in: plain))
      rates.disk.append(try syncs(in: seen))
    }
    umount2(seen, Int32(MNT_DETACH))
    server.wait()
    let (fast, slow) = (rates.plain.sorted()[2], rates.disk.sorted()[2])
    print(
      "disk: write of 4 KiB and fdatasync: plain \(Int(fast))/s, disk of ours \(Int(slow))/s,",
      "\(Decimal.trimmed(1e6 / slow - 1e6 / fast, decimals: 1)) µs more each")
  }

  /// How many a second, over half a second, all over a file of 16 MiB.
  private static func syncs(in folder: String) throws -> Double {
    let fd = open(folder + "/file", O_RDWR | O_CREAT, 0o600)
    guard fd >= 0 else { throw Errno.last("open a file in \(folder)") }
    defer { close(fd) }
    ftruncate(fd, 16 << 20)
    let page = [UInt8](repeating: 7, count: 4096)
    var chance = Chance(seed: 1)
    let began = MonotonicClock.nanoseconds
    var count = 0
    while MonotonicClock.nanoseconds - began < 500_000_000 {
      guard pwrite(fd, page, page.count, off_t(chance.below(4096) * 4096)) == page.count,
        fdatasync(fd) == 0
      else { throw Errno.last("write in \(folder)") }
      count += 1
    }
    return Double(count) * 1e9 / Double(MonotonicClock.nanoseconds - began)
  }
}
