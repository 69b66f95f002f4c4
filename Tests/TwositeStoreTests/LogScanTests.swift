import Basics
import Testing

@testable import twosite_store

/// A log after a crash at any byte, and after the flip of any bit.
@Suite struct LogScanTests {
  /// A log of so many entries, and where each record ends.
  private static func log(_ count: Int, seed: UInt64) -> ([UInt8], [LogEntry], ends: [Int]) {
    var chance = Chance(seed: seed)
    var bytes = LogRecord.bytes(LogEntry(index: 7, term: 2, kind: .base, command: []))
    var (entries, ends) = ([LogEntry](), [bytes.count])
    for place in 1...count {
      let command = (0..<chance.below(40)).map { _ in UInt8(chance.below(4)) }
      let entry = LogEntry(
        index: 7 + UInt64(place), term: 2 + UInt64(place / 3), kind: .command, command: command)
      bytes += LogRecord.bytes(entry)
      entries.append(entry)
      ends.append(bytes.count)
    }
    return (bytes, entries, ends)
  }

  @Test func theChecksumIsCastagnolis() {
    #expect(Checksum.of(Array("123456789".utf8)) == 0xe306_9283)
    #expect(Checksum.of([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func aLogCutAtAnyByteKeepsItsWholeRecords(seed: UInt64)
    throws
  {
    let (bytes, entries, ends) = Self.log(12, seed: seed)
    for size in 0...bytes.count {
      let cut = Array(bytes.prefix(size))
      guard size >= ends[0] else {
        #expect(throws: StoreError.self) {
          try LogScan(cut, file: "log").entries.isEmpty || size == 0
        }
        continue
      }
      let scan = try LogScan(cut, file: "log")
      let whole = ends.lastIndex { $0 <= size }!
      #expect(scan.entries == Array(entries.prefix(whole)), "seed \(seed), size \(size)")
      #expect(scan.wholeBytes == ends[whole])
    }
  }

  @Test func zerosOrRubbishBehindTheLastRecordAreCut() throws {
    let (bytes, entries, _) = Self.log(5, seed: 4)
    for tail in [[UInt8](repeating: 0, count: 512), (0..<300).map { UInt8($0 % 251) }] {
      #expect(try LogScan(bytes + tail, file: "log").entries == entries)
    }
  }

  @Test(arguments: [5, 6] as [UInt64]) func everyFlippedBitIsNoticed(seed: UInt64) {
    let (bytes, _, _) = Self.log(8, seed: seed)
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: StoreError.self, "seed \(seed), bit \(bit)") {
        try LogScan(flipped, file: "log")
      }
    }
  }

  @Test func bitFlipNotNoticedIsSo() throws {
    let (bytes, entries, ends) = Self.log(8, seed: 5)
    var flipped = bytes
    flipped[ends[8] - 1] ^= 1
    let read = try LogScan(flipped, file: "log", defects: [.bitFlipNotNoticed]).entries
    #expect(read.count == entries.count)
    #expect(read != entries)
  }

  @Test func acceptsTornRecordIsSo() throws {
    let (bytes, entries, ends) = Self.log(8, seed: 6)
    let place = entries.lastIndex { $0.command.count > 4 }!
    let torn = Array(bytes.prefix(ends[place + 1] - 2))
    let read = try LogScan(torn, file: "log", defects: [.acceptsTornRecord]).entries
    #expect(read.count == place + 1)
    #expect(read.last?.command.suffix(2) == [0, 0])
    #expect(try LogScan(torn, file: "log").entries.count == place)
  }

  @Test func anEntryReplacesThoseOfItsIndexAndLater() throws {
    let (bytes, entries, _) = Self.log(6, seed: 8)
    let newer = LogEntry(index: 10, term: 9, kind: .nothing, command: [])
    let scan = try LogScan(bytes + LogRecord.bytes(newer), file: "log")
    #expect(scan.entries == Array(entries.prefix(2)) + [newer])
  }

  @Test func aHoleIsDamage() {
    let (bytes, _, _) = Self.log(3, seed: 9)
    let far = LogEntry(index: 12, term: 9, kind: .nothing, command: [])
    #expect(throws: StoreError.self) {
      try LogScan(bytes + LogRecord.bytes(far), file: "log")
    }
  }
}
