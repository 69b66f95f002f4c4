import Basics
import Disk
import Durability
import Glibc
import Linux
import TestGround
import Testing

@Suite(.enabled(if: geteuid() == 0 && DiskMount.obstacle() == nil, "needs root and /dev/fuse"))
struct PowerLossTests {
  @Test func whatWasSyncedStaysAndTheRestIsLost() throws {
    try Mounted.run { disk in
      try disk.write("kept", "one", syncs: true)
      try disk.write("kept", "two")
      try disk.write("gone", "new")
      let losses = try disk.crash()
      #expect(disk.text("kept") == "one")
      #expect(disk.text("gone") == nil)
      #expect(losses.files.map(\.path) == ["kept"])
      #expect(losses.files.first?.bytes == 3)
      #expect(losses.names == [.init(path: "gone", change: .gone)])
      #expect(try Files.list(disk.place) == ["kept"])
      #expect(try Files.list(disk.backing + "/trash").isEmpty)
    }
  }

  @Test func namesAreUndoneTogether() throws {
    try Mounted.run { disk in
      try Files.makeFolder(disk.path("d/e"))
      try disk.write("d/old", "old", syncs: true)
      try disk.write("d/other", "other", syncs: true)
      try disk.write("d/e/deep", "deep", syncs: true)
      try disk.server.settle()
      try disk.write("d/tmp", "new", syncs: true)
      #expect(rename(disk.path("d/tmp"), disk.path("d/old")) == 0)
      #expect(unlink(disk.path("d/other")) == 0)
      #expect(rename(disk.path("d/e"), disk.path("moved")) == 0)
      #expect(disk.text("d/old") == "new" && disk.text("moved/deep") == "deep")
      try disk.crash()
      #expect(disk.text("d/old") == "old" && disk.text("d/tmp") == "new")
      #expect(disk.text("d/other") == "other" && disk.text("d/e/deep") == "deep")
      #expect(disk.text("moved/deep") == nil)
      #expect(try Files.list(disk.place) == ["d"])
    }
  }

  @Test func aSyncedFolderKeepsItsNames() throws {
    try Mounted.run { disk in
      try disk.write("a", "1", syncs: true)
      try disk.write("b", "2", syncs: true)
      #expect(rename(disk.path("a"), disk.path("b")) == 0)
      try disk.sync("")
      let losses = try disk.crash()
      #expect(losses == DiskLosses())
      #expect(disk.text("b") == "1" && disk.text("a") == nil)
      #expect(try Files.list(disk.backing + "/trash").isEmpty)
    }
  }

  @Test func aRemovedFolderIsBackWithWhatWasInIt() throws {
    try Mounted.run { disk in
      try Files.makeFolder(disk.path("f/g"))
      try disk.write("f/g/x", "x", syncs: true)
      try disk.server.settle()
      try Files.removeTree(disk.path("f"))
      #expect(try Files.list(disk.place).isEmpty)
      try disk.crash()
      #expect(disk.text("f/g/x") == "x")
      try Files.removeTree(disk.path("f"))
      try disk.sync("")
      try disk.crash()
      #expect(try Files.list(disk.place).isEmpty)
      #expect(try Files.list(disk.backing + "/trash").isEmpty)
    }
  }

  @Test func mappedPagesAreNotDurableByThemselves() throws {
    try Mounted.run { disk in
      try disk.write("map", [UInt8](repeating: 1, count: 8192), syncs: true)
      let fd = try disk.open("map", O_RDWR)
      let map = try #require(mmap(nil, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0))
      map.storeBytes(of: 2, toByteOffset: 0, as: UInt8.self)
      #expect(msync(map, 4096, Int32(MS_SYNC)) == 0)
      map.storeBytes(of: 3, toByteOffset: 5000, as: UInt8.self)
      munmap(map, 8192)
      close(fd)
      try disk.crash()
      let bytes = try disk.read("map")
      #expect(bytes[0] == 2 && bytes[5000] == 1)
    }
  }

  @Test func aTornWriteLeavesWholeSectors() throws {
    try Mounted.run { disk in
      try disk.write("wal", [UInt8](repeating: 1, count: 4096), syncs: true)
      try disk.write("wal", [UInt8](repeating: 2, count: 4096), at: 4096)
      let losses = try disk.crash(torn: 3 * 512)
      let expected = [UInt8](repeating: 1, count: 4096) + [UInt8](repeating: 2, count: 1536)
      let isRight = try disk.read("wal") == expected
      #expect(isRight)
      #expect(losses.tornBytes == 1536)
    }
  }

  @Test func thePowerGoesAmidTheNextWriteToSuchAFile() throws {
    try Mounted.run { disk in
      try disk.write("wal", [UInt8](repeating: 1, count: 512), syncs: true)
      let writer = try Linux.Thread(named: "writer") {
        try? disk.write("other", "synced and not sought", syncs: true)
        try? disk.write("wal", [UInt8](repeating: 2, count: 2048), at: 512, syncs: true)
      }
      let wal = try #require(PathPattern("wal"))
      try disk.server.freeze(amidWriteTo: wal, within: 20_000_000_000)
      let losses = try disk.server.losePower(torn: 512, of: wal)
      try disk.server.restorePower()
      writer.join()
      let expected = [UInt8](repeating: 1, count: 512) + [UInt8](repeating: 2, count: 512)
      #expect(losses.tornBytes == 512)
      let isRight = try disk.read("wal") == expected
      #expect(isRight)
    }
  }

  @Test func whereNothingIsWrittenThePowerGoesAllTheSame() throws {
    try Mounted.run { disk in
      try disk.write("wal", "whole", syncs: true)
      try disk.server.freeze(amidWriteTo: try #require(PathPattern("wal")), within: 1_000_000)
      let losses = try disk.server.losePower(torn: 512)
      try disk.server.restorePower()
      #expect(losses == DiskLosses() && disk.text("wal") == "whole")
    }
  }

  @Test func withoutPowerNothingIsAnswered() throws {
    try Mounted.run { disk in
      try disk.write("a", "1", syncs: true)
      try disk.server.freeze()
      _ = try disk.server.losePower()
      #expect(throws: Errno.self) { try disk.write("a", "2") }
      try disk.server.restorePower()
      #expect(disk.text("a") == "1")
    }
  }

  @Test func randomWritesAreUndoneToTheLastSync() throws {
    let seed = Seeds.fresh()
    for round in 0..<Seeds.rounds(6) {
      var chance = Chance(seed: seed).stream("round \(round)")
      try Mounted.run { disk in
        let names = (0..<4).map { "file-\($0)" }
        var current = [[UInt8]](repeating: [], count: 4)
        for name in names { try disk.write(name, [], syncs: true) }
        var durable = current
        for _ in 0..<120 {
          let index = chance.below(4)
          switch chance.below(10) {
          case 0...5:
            let offset = chance.below(current[index].count + 4000)
            let byte = UInt8(truncatingIfNeeded: chance.next())
            let bytes = [UInt8](repeating: byte, count: 1 + chance.below(9000))
            try disk.write(names[index], bytes, at: offset)
            let end = offset + bytes.count
            current[index] += [UInt8](repeating: 0, count: max(0, end - current[index].count))
            current[index].replaceSubrange(offset..<end, with: bytes)
          case 6:
            let size = chance.below(current[index].count + 2000)
            #expect(truncate(disk.path(names[index]), off_t(size)) == 0)
            current[index] = Array(current[index].prefix(size))
            current[index] += [UInt8](repeating: 0, count: size - current[index].count)
          case 7, 8:
            try disk.sync(names[index])
            durable[index] = current[index]
          default:
            try disk.crash()
            current = durable
          }
          let isRight = try disk.read(names[index]) == current[index]
          #expect(isRight, "round \(round)")
        }
      }
    }
  }
}
