import Basics
import Foundation
import Histories
import SQLite
import Synchronization
import TestGround
import Testing

@testable import Archive

/// A `history.sqlite` that somebody made to harm its reader.
@Suite struct ForeignArchiveTests {
  private let folder: TemporaryFolder
  private var path: String { folder.file("history.sqlite") }

  init() throws {
    folder = try TemporaryFolder()
    let history = try History.read(Array(HistoryFileTests.sample.utf8), as: .jsonLines)
    try HistoryFile.store(history, at: path)
  }

  private func refusal(after sql: String) throws -> String {
    do {
      let database = try Database(path: path, mode: .write)
      try database.run(sql)
    }
    let error = #expect(throws: ArchiveError.self) { try HistoryFile.read(folder.path) }
    return error?.description ?? ""
  }

  @Test(arguments: [
    (
      "alter table label rename to l; create view label as select id, name from l",
      "'label' is no real table"
    ),
    (
      "drop table sighting; create virtual table sighting using fts5(time, topic)",
      "'sighting' is no real table"
    ),
    (
      "create trigger t after insert on pending begin delete from pending; end",
      "the table 'pending' has a trigger"
    ),
    (
      "alter table completed rename to c; create view completed as select * from c",
      "'completed' is no real table"
    ),
    (
      "drop table manner; create view manner as with recursive n(x) as (select 0 union all "
        + "select x + 1 from n) select x as id from n", "'manner' is no real table"
    ),
    (
      "drop view event; create table event(x); update meta set value = 5 where key = 'schema'",
      "'observation' is no real table"
    ),
    (
      "update function set name = hex(zeroblob(5000)) where id = 0", "longer than 4096 bytes"
    ),
    (
      "update completed set value = '[' || hex(zeroblob(40000000)) || ']' where position = 2",
      "too big"
    ),
  ])
  func whatIsNoHistoryIsRefused(sql: String, reason: String) throws {
    #expect(try refusal(after: sql).contains(reason))
  }

  @Test(arguments: ["", "-wal", "-shm", "-journal"])
  func aLinkIsNotFollowed(ending: String) throws {
    let place = path + ending
    if ending.isEmpty { try FileManager.default.moveItem(atPath: place, toPath: place + ".moved") }
    try FileManager.default.createSymbolicLink(
      atPath: place, withDestinationPath: path + ".moved")
    let error = #expect(throws: ArchiveError.self) { try HistoryFile.read(folder.path) }
    #expect(error?.description.contains("it is a symbolic link") == true)
    #expect(!FileManager.default.fileExists(atPath: path + ".moved") || ending.isEmpty)
  }

  private func errorOfReading(_ budget: ReadingBudget) -> ArchiveError? {
    #expect(throws: ArchiveError.self) { try HistoryFile.read(folder.path, within: budget) }
  }

  @Test(arguments: ["", "-wal", "-journal"])
  func whatIsLargerThanTheBudgetIsRefusedUnread(ending: String) throws {
    let place = path + ending
    if !ending.isEmpty { try Data().write(to: URL(filePath: place)) }
    // A terabyte, of which the disk has next to nothing.
    #expect(truncate(place, 1 << 40) == 0)
    let error = errorOfReading(ReadingBudget(largestArchive: 1 << 30) { nil })
    guard case .tooLarge(let named, let bytes, 1 << 30)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(named == path && bytes >= 1 << 40 && bytes < (1 << 40) + (1 << 20))
    let said = error?.description ?? ""
    #expect(
      said.hasPrefix("\(path): it has \(bytes) bytes") && said.contains("--memory"), "\(said)")
  }

  /// On a file system whose files may claim any size the sum fits no number.
  @Test func sizesThatDoNotAddUpAreTooLarge() throws {
    let memory = "/dev/shm/faultline-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: memory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: memory) }
    for ending in ["", "-wal", "-journal"] {
      try Data().write(to: URL(filePath: memory + "/history.sqlite" + ending))
      #expect(truncate(memory + "/history.sqlite" + ending, .max) == 0)
    }
    let error = #expect(throws: ArchiveError.self) {
      try HistoryFile.read(
        memory, within: ReadingBudget(largestArchive: 1 << 30) { nil })
    }
    guard case .tooLarge(_, .max, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [ReadingBudget.Part.time, .memory])
  func readingEndsOnceItsBudgetIsSpent(part: ReadingBudget.Part) throws {
    var builder = HistoryBuilder()
    let add = builder.function("add")
    for number in 0..<20_000 {
      for kind in [Event.Kind.invoke, .ok] {
        try builder.append(
          Event(
            process: 1, kind: kind, function: add,
            value: builder.values.integer(Int64(number)), time: Instant(nanoseconds: Int64(number)))
        )
      }
    }
    try FileManager.default.removeItem(atPath: path)
    try HistoryFile.store(builder.finish(), at: path)
    #expect(try HistoryFile.read(folder.path).operations.count == 20_000)
    // Nothing is spent when it is looked at again: the reader has given its memory back by then.
    let looks = Mutex(0)
    let error = errorOfReading(
      ReadingBudget(largestArchive: .max) {
        looks.withLock { count in
          count += 1
          return count == 3 ? part : nil
        }
      })
    #expect(error == .spent(path: path, part))
    #expect(looks.withLock { $0 } == 3)
    let remedy = part == .time ? "--budget" : "--memory"
    #expect(error?.description.contains("\(remedy) gives it more") == true)
  }

  /// What is put in the place of a file after it was looked at, before SQLite opens it.
  @Test(arguments: ["", "-wal", "-journal"], ["a link", "a pipe"])
  func whatIsPutInItsPlaceMeanwhileIsNotOpened(ending: String, kind: String) throws {
    let elsewhere = try TemporaryFolder()
    defer { withExtendedLifetime(elsewhere) {} }
    let file = try ArchiveFile.find(path, atMost: .max)
    let place = path + ending
    // What a link leads to is a good one of its kind.
    let other = elsewhere.file("other" + ending)
    if ending.isEmpty {
      try FileManager.default.moveItem(atPath: place, toPath: other)
    } else {
      try Data([1, 2, 3]).write(to: URL(filePath: other))
    }
    if kind == "a link" {
      try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: other)
    } else {
      #expect(mkfifo(place, 0o600) == 0)
    }
    let before = try Data(contentsOf: URL(filePath: other))
    let error = #expect(throws: SQLiteError.self) {
      let database = try file.open()
      try database.run("select count(*) from completed")
    }
    #expect(error?.message.isEmpty == false)
    #expect(try Data(contentsOf: URL(filePath: other)) == before)
  }

  @Test func aFolderThatIsSwappedForAnotherIsStillTheOneThatWasLookedAt() throws {
    let other = try TemporaryFolder()
    defer { withExtendedLifetime(other) {} }
    let inner = folder.file("run")
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: path, toPath: inner + "/history.sqlite")
    let file = try ArchiveFile.find(inner + "/history.sqlite", atMost: .max)
    try FileManager.default.moveItem(atPath: inner, toPath: folder.file("moved"))
    do {
      let forged = try Database(path: other.file("history.sqlite"), mode: .write)
      try forged.run("create table forged(x)")
    }
    try FileManager.default.createSymbolicLink(atPath: inner, withDestinationPath: other.path)
    let database = try file.open()
    try database.run("select count(*) from completed")
    #expect(throws: SQLiteError.self) { try database.run("select * from forged") }
  }

  /// Damaged by bytes and pages: a history or an error, no crash, and no reading without an end.
  @Test func mutatedArchivesAreReadOrRefused() throws {
    var chance = Chance(seed: Seeds.fresh("mutated archives "))
    let good = Array(try Data(contentsOf: URL(filePath: path)))
    let rounds = Seeds.rounds(2_000)
    var readable = 0
    for _ in 0..<rounds {
      try Data(Self.damage(good, &chance)).write(to: URL(filePath: path))
      let steps = Mutex(0)
      let budget = ReadingBudget(largestArchive: 1 << 20) {
        steps.withLock { count in
          count += 1
          return count > 10_000 ? .time : nil
        }
      }
      do {
        _ = try HistoryFile.read(folder.path, within: budget)
        readable += 1
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    print("fuzz archives: \(readable) of \(rounds) mutations are histories")
    #expect(readable > 0 && readable < rounds)
  }

  private static func damage(_ good: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var bytes = good
    func place(_ bound: Int, _ chance: inout Chance) -> Int { Int(chance.next() % UInt64(bound)) }
    for _ in 0...place(4, &chance) where bytes.count > 1 {
      let at = place(bytes.count, &chance)
      let end = min(bytes.count, at + 1 + place(64, &chance))
      switch place(5, &chance) {
      case 0: bytes[at] = UInt8(truncatingIfNeeded: chance.next())
      case 1: for index in at..<end { bytes[index] = 0xff }
      case 2:
        // A page in the place of another.
        let (from, to) = (at / 4096 * 4096, place(bytes.count, &chance) / 4096 * 4096)
        let count = min(4096, bytes.count - max(from, to))
        bytes.replaceSubrange(to..<to + count, with: bytes[from..<from + count])
      case 3: bytes.removeSubrange(at...)
      default: bytes[place(100, &chance) % bytes.count] = UInt8(truncatingIfNeeded: chance.next())
      }
    }
    return bytes
  }

  @Test func aQueryThatNeverEndsIsStopped() throws {
    let database = try Database(path: path, mode: .read)
    database.stop { true }
    let error = #expect(throws: SQLiteError.self) {
      try database.run(
        "with recursive n(x) as (select 0 union all select x + 1 from n) select count(*) from n")
    }
    #expect(error?.isInterrupted == true)
  }
}
