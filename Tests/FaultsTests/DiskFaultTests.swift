import Basics
import Durability
import Faults
import Histories
import Stacks
import Testing

@Suite struct DiskFaultTests {
  private let database = AimedAt.target(Target(.node("db-a")), component: "db")

  private func failing(_ code: String, _ operations: [DiskOperation]) -> DiskProbing {
    DiskProbing(
      Dictionary(
        uniqueKeysWithValues: operations.map {
          ($0, DiskProbing.Outcome(error: code, took: .milliseconds(1)))
        }))
  }

  private func trial(
    _ fault: some Fault, _ since: DiskProbing?, _ change: (inout FakeDisks) -> Void = { _ in }
  ) throws -> Trial {
    let cluster = try FakeCluster()
    cluster.disks.since = since
    change(&cluster.disks)
    return Trial([.fault(1, fault, at: .seconds(1), for: .seconds(2), database)], on: cluster)
  }

  /// One fault for two seconds: these acts, and confirmed with this sentence.
  private func expect(
    _ fault: some Fault, _ since: DiskProbing, _ act: String, _ sentence: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let trial = try trial(fault, since)
    #expect(
      trial.acts == ["damage step-1 db-a/db: " + act, "repair step-1 db-a/db"],
      sourceLocation: sourceLocation)
    let whole = sentence + "; it met 3 requests of servers on db-a"
    #expect(trial.marks[0].confirmation == whole, sourceLocation: sourceLocation)
    #expect(trial.marks[0].confirmed != nil, sourceLocation: sourceLocation)
    #expect(trial.marks[0].healConfirmed != nil, sourceLocation: sourceLocation)
    #expect(trial.failures.isEmpty, sourceLocation: sourceLocation)
    #expect(fault.usesDisk(aimedAt: database), sourceLocation: sourceLocation)
  }

  @Test func aFullDiskRefusesNewRoom() throws {
    try expect(
      DiskFull(Settings(["path": .text("data/**")])), failing("ENOSPC", [.grow, .create]),
      "ENOSPC on create,grow of data/**", "a probe's grow and create got ENOSPC")
  }

  @Test func aReadOnlyDiskRefusesChanges() throws {
    try expect(
      DiskReadOnly(.none), failing("EROFS", [.write, .create]),
      "EROFS on change,create,grow,open-to-write,remove,rename,truncate,write of **",
      "a probe's write and create got EROFS")
  }

  @Test func readsAndWritesFail() throws {
    try expect(
      DiskErrors(Settings(["of": .text("reads")])), failing("EIO", [.read]), "EIO on read of **",
      "a probe's read got EIO")
    try expect(
      DiskErrors(.none), failing("EIO", [.read, .write]), "EIO on read,write of **",
      "a probe's read and write got EIO")
  }

  @Test func fsyncFailsOnceOrAlways() throws {
    try expect(
      FsyncFails(.none), failing("EIO", [.sync]), "EIO on sync of **", "a probe's sync got EIO")
    try expect(
      FsyncFails(Settings(["how-often": .text("once")])), failing("EIO", [.sync]),
      "EIO on sync of ** 1 times", "a probe's sync got EIO")
  }

  private func timed(_ write: Int, _ sync: Int) -> DiskProbing {
    DiskProbing([
      .write: .init(error: nil, took: .milliseconds(write)),
      .sync: .init(error: nil, took: .milliseconds(sync)),
    ])
  }

  @Test func aSlowDiskIsMeasured() throws {
    let settings = Settings(["latency": .duration(.milliseconds(20)), "bandwidth": .number(1)])
    try expect(
      DiskSlow(settings), timed(25, 21), "20ms 1000000 on read,sync,write of **",
      "a probe's write and sync took 21ms at least")
    // A page takes 4 ms more at that bandwidth.
    let fast = try trial(DiskSlow(settings), timed(23, 21))
    #expect(fast.marks[0].confirmed == nil)
    #expect(fast.marks[0].confirmation == "a probe's write took only 23ms")
  }

  @Test func whatNoServerMetIsNotConfirmed() throws {
    let trial = try trial(FsyncFails(.none), failing("EIO", [.sync])) { $0.hits = 0 }
    #expect(trial.marks[0].confirmed == nil)
    #expect(
      trial.marks[0].confirmation
        == "a probe's sync got EIO, but no request of db-a/db has met it yet")
  }

  @Test func aProbeThatSucceedsConfirmsNothing() throws {
    let good = DiskProbing([.sync: .init(error: nil, took: .zero)])
    #expect(try trial(FsyncFails(.none), good).marks[0].confirmed == nil)
    #expect(try trial(FsyncFails(.none), nil).marks[0].confirmed == nil)
    let bad = try trial(FsyncFails(.none), failing("EIO", [.sync])) { disks in
      disks.before = DiskProbing([.sync: .init(error: "EIO", took: .zero)])
    }
    #expect(bad.marks[0].confirmed == nil)
    #expect(bad.marks[0].healConfirmed == nil)
  }

  @Test(arguments: ["data/pg_control", "..", ""])
  func aPathThatCoversNoProbeIsRefused(_ path: String) {
    let error = #expect(throws: FaultSettingsError.self) {
      try DiskFull(Settings(["path": .text(path)]))
    }
    #expect(error?.key == "path")
  }

  @Test func aFlippedBitIsReadAndFlippedBack() throws {
    let fault = try BitFlip(Settings(["path": .text("data/*")]))
    let good = try trial(fault, nil)
    #expect(
      good.acts == ["flip step-1 db-a/db in data/*", "flip back step-1 db-a/db"])
    #expect(good.marks[0].confirmation == "read inverted: bit 2 of byte 7 of data/* on db-a")
    #expect(good.marks[0].healConfirmed != nil)
    let stuck = try trial(fault, nil) { $0.isStuck = true }
    #expect(stuck.marks[0].confirmed == nil)
  }

  @Test func aTornWriteTakesThePower() throws {
    let aim = AimedAt.target(Target(.node("db-a")), component: nil)
    let fault = try TornWrite(Settings(["sectors": .integer(3), "path": .text("db/wal*")]))
    func run(_ losses: DiskLosses?) throws -> Trial {
      let cluster = try FakeCluster()
      cluster.disks.losses = losses
      return Trial([.fault(1, fault, at: .seconds(1), for: .seconds(2), aim)], on: cluster)
    }
    let file = DiskLosses.File(
      path: "db/wal", writes: 1, bytes: 8192, sizeBefore: 8192, sizeAfter: 1536, tornBytes: 1536)
    let torn = try run(DiskLosses(files: [file]))
    #expect(torn.acts == ["tear 1536 of db/wal*", "power off db-a", "power on db-a"])
    #expect(
      torn.marks[0].confirmation
        == "db-a without power, all processes gone; the disk of db-a lost 1 write (8192 bytes) in "
        + "1 file; 1536 bytes of the last write stayed")
    #expect(torn.marks[0].confirmed != nil && torn.marks[0].healConfirmed != nil)
    #expect(try run(DiskLosses()).marks[0].confirmed == nil)
    #expect(try run(nil).marks[0].confirmed == nil)
  }

  @Test func onlyPowerAndDiskFaultsUseDisks() throws {
    #expect(try Kill(.none).usesDisk(aimedAt: .target(Target(.node("db-a")), component: nil)))
    #expect(try !Kill(.none).usesDisk(aimedAt: database))
    #expect(try !Pause(.none).usesDisk(aimedAt: database))
  }
}
