import Disk
import Durability
import Glibc
import Linux
import Testing

@Suite(.enabled(if: geteuid() == 0 && DiskMount.obstacle() == nil, "needs root and /dev/fuse"))
struct DiskRuleTests {
  private func rule(_ effect: DiskRule.Effect, _ operations: Set<DiskOperation>, most: Int? = nil)
    throws -> DiskRule
  {
    DiskRule(effect, on: operations, of: try #require(PathPattern("**")), most: most)
  }

  private func code(_ act: () throws -> Void) -> Int32? {
    do {
      try act()
      return nil
    } catch { return (error as? Errno)?.code }
  }

  @Test func aFullDiskTakesNoNewBytesButOverwritesOldOnes() throws {
    try Mounted.run { disk in
      try disk.write("a", "1234")
      try disk.server.add(rule(.fail(.full), [.grow, .create]), named: "full")
      #expect(code { try disk.write("a", "5678") } == nil)
      #expect(code { try disk.write("a", "56789") } == ENOSPC)
      #expect(code { try disk.write("b", "1") } == ENOSPC)
      #expect(try disk.server.hits(of: "full")?.own ?? 0 >= 2)
      try disk.server.remove("full")
      #expect(code { try disk.write("b", "1") } == nil)
    }
  }

  @Test func aReadOnlyDiskRefusesEveryChange() throws {
    try Mounted.run { disk in
      try disk.write("a", "1234")
      let changes: Set<DiskOperation> = [
        .write, .grow, .create, .remove, .rename, .truncate, .change, .openToWrite,
      ]
      try disk.server.add(rule(.fail(.readOnly), changes), named: "ro")
      #expect(disk.text("a") == "1234")
      #expect(code { try disk.write("a", "5") } == EROFS)
      #expect(unlink(disk.path("a")) == -1 && errno == EROFS)
      #expect(mkdir(disk.path("d"), 0o755) == -1 && errno == EROFS)
    }
  }

  @Test func readsFailAlthoughTheKernelHadThePages() throws {
    try Mounted.run { disk in
      try disk.write("a", "1234")
      #expect(disk.text("a") == "1234")
      try disk.server.add(rule(.fail(.io), [.read]), named: "io")
      #expect(code { _ = try disk.read("a") } == EIO)
      try disk.server.remove("io")
      #expect(disk.text("a") == "1234")
    }
  }

  @Test func whatAFailedSyncLostIsNotMadeDurableByTheNext() throws {
    try Mounted.run { disk in
      try disk.write("a", "old!", syncs: true)
      try disk.server.add(rule(.fail(.io), [.sync], most: 1), named: "sync")
      #expect(code { try disk.write("a", "new!", syncs: true) } == EIO)
      #expect(code { try disk.sync("a") } == nil)
      #expect(disk.text("a") == "new!")
      try disk.crash()
      #expect(disk.text("a") == "old!")
    }
  }

  @Test func aSlowDiskAnswersLaterAndAtOnceWhenHealed() throws {
    try Mounted.run { disk in
      try disk.server.add(
        rule(.slow(latency: .milliseconds(60), bytesPerSecond: nil), [.write, .create]), named: "s")
      let began = MonotonicClock.nanoseconds
      try disk.write("a", "1")
      #expect(MonotonicClock.nanoseconds - began >= 120_000_000)
      try disk.server.add(
        rule(.slow(latency: .seconds(3600), bytesPerSecond: nil), [.write]), named: "s")
      let server = disk.server
      let healer = try Linux.Thread(named: "heal") {
        while (try? server.hits(of: "s"))??.own == 0 { usleep(1000) }
        try? server.remove("s")
      }
      try disk.write("a", "2")
      healer.join()
      #expect(disk.text("a") == "2")
    }
  }

  @Test func aFlippedBitIsReadThroughTheMountAndBackAgain() throws {
    try Mounted.run { disk in
      try disk.write("d", [UInt8](repeating: 0, count: 5000), syncs: true)
      #expect(try disk.read("d")[4500] == 0)
      #expect(try disk.server.flip(bit: 3, at: 4500, of: "d") == 8)
      #expect(try disk.read("d")[4500] == 8)
      #expect(try DiskMount.readDirectly(disk.path("d"), at: 4096)[404] == 8)
      #expect(try disk.server.flip(bit: 3, at: 4500, of: "d") == 0)
      #expect(try disk.read("d")[4500] == 0)
      let pattern = try #require(PathPattern("*"))
      #expect(try disk.server.files(pattern) == [DiskEntry(path: "d", size: 5000)])
    }
  }
}
