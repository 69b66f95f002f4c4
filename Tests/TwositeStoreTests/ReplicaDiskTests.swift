import TestGround
import Testing

@testable import twosite_store

/// What a member finds in its folder when it starts again.
@Suite struct ReplicaDiskTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func entry(_ index: UInt64, _ term: UInt64 = 1) -> LogEntry {
    LogEntry(index: index, term: term, kind: .command, command: [UInt8(index)])
  }

  private func reopened(_ defects: Set<Defect> = []) throws -> Recovered {
    var recovered = Recovered()
    _ = try ReplicaDisk.open(folder.file("data"), defects: defects, into: &recovered)
    return recovered
  }

  private func write(_ writes: [DiskWrite], _ defects: Set<Defect> = []) throws {
    var recovered = Recovered()
    var disk = try ReplicaDisk.open(folder.file("data"), defects: defects, into: &recovered)
    for write in writes { try disk.write(write) }
  }

  @Test func whatWasWrittenIsThere() throws {
    let ballot = Ballot(term: 3, vote: 1)
    try write([
      DiskWrite(ballot: ballot, entries: [Self.entry(1), Self.entry(2)]),
      DiskWrite(entries: [Self.entry(2, 3), Self.entry(3, 3)]),
    ])
    let entries = [Self.entry(1), Self.entry(2, 3), Self.entry(3, 3)]
    #expect(try reopened() == Recovered(ballot: ballot, entries: entries))
  }

  @Test func aSnapshotTakesThePlaceOfTheLogBeforeIt() throws {
    let snapshot = Snapshot(LogPoint(term: 1, index: 2), [7, 7])
    try write([
      DiskWrite(entries: [Self.entry(1), Self.entry(2)]),
      DiskWrite(snapshot: snapshot, entries: [Self.entry(3)]),
      DiskWrite(entries: [Self.entry(4)]),
    ])
    let recovered = try reopened()
    #expect(recovered.snapshot == snapshot)
    #expect(recovered.entries == [Self.entry(3), Self.entry(4)])
  }

  @Test func aCrashBetweenSnapshotAndLogLosesNothing() throws {
    try write([DiskWrite(entries: (1...4).map { Self.entry($0) })])
    let snapshot = Snapshot(LogPoint(term: 1, index: 2), [7])
    try Sealed.write(snapshot.bytes, to: folder.file("data/snapshot"))
    #expect(try reopened().entries == [Self.entry(3), Self.entry(4)])
    #expect(try reopened().entries == [Self.entry(3), Self.entry(4)])
  }

  @Test func aFlippedBitInASealedFileIsNoticed() throws {
    try write([
      DiskWrite(
        ballot: Ballot(term: 4), snapshot: Snapshot(LogPoint(term: 1, index: 2), [7]), entries: [])
    ])
    for name in ["ballot", "snapshot"] {
      let path = folder.file("data/" + name)
      let bytes = try #require(try StoredFile.read(path))
      for bit in 0..<bytes.count * 8 {
        var flipped = bytes
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
        try StoredFile.replace(path, with: flipped)
        #expect(throws: StoreError.self) { try reopened() }
      }
      try StoredFile.replace(path, with: bytes)
    }
  }

  @Test func theFolderIsOneProcesss() throws {
    var recovered = Recovered()
    let disk = try ReplicaDisk.open(folder.file("data"), defects: [], into: &recovered)
    #expect(throws: StoreError.self) { try reopened() }
    _ = consume disk
  }

  @Test func losesLogTailOnRestartIsSo() throws {
    try write([DiskWrite(entries: (1...9).map { Self.entry($0) })])
    #expect(try reopened([.losesLogTailOnRestart]).entries.count == 4)
    #expect(try reopened().entries.count == 4)
  }

  @Test func voteNotPersistedIsSo() throws {
    try write([DiskWrite(ballot: Ballot(term: 4, vote: 0))], [.voteNotPersisted])
    #expect(try reopened().ballot == Ballot())
  }
}
