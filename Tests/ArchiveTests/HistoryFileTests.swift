import Basics
import Foundation
import Histories
import SQLite
import TestGround
import Testing

@testable import Archive

/// Everything a history says, as Faultline's own lines, which lose nothing.
func text(_ history: History) throws -> String {
  var bytes: [UInt8] = []
  try history.write(as: .jsonLines) { bytes += $0 }
  return String(decoding: bytes, as: UTF8.self)
}

@Suite struct HistoryFileTests {
  static let sample = """
    {"faultline":"history","version":1,"times":true,"order":true}
    {"type":"invoke","process":0,"f":"add","value":[":r","x",[1,null,true],{"a":2.5}],"node":"n1",\
    "workload":"w","time":10,"scheduled":5}
    {"type":"invoke","process":9,"f":"read","key":"k","time":11}
    {"type":"info","process":0,"f":"add","error":"timeout","node":"n1","workload":"w","time":12}
    {"type":"ok","process":9,"f":"read","value":"~:text \\"q\\"","key":"k","time":13}
    {"type":"invoke","process":9,"f":"read","value":9223372036854775807,"time":14,"final":true}
    {"fault":1,"name":"kill","summary":"kill \\"a\\"","targets":["a","b"],"injected":3,\
    "confirmed":4,"confirmation":"gone","healed":8,"heal-confirmed":9,"action":false}
    {"fault":2,"name":"promote","summary":"","targets":[],"injected":6,"confirmation":"",\
    "action":true,"contradicted":true}
    {"observation":"owner","subject":"10.0.0.1","node":"lb","value":"held","source":"arp","time":7}

    """

  @Test func theArchiveLosesNothing() throws {
    let folder = try TemporaryFolder()
    let history = try History.read(Array(HistoryFileTests.sample.utf8), as: .jsonLines)
    try HistoryFile.store(history, at: folder.file("history.sqlite"))
    #expect(try folder.names == ["history.sqlite"])
    for path in [folder.path, folder.file("history.sqlite")] {
      #expect(try text(try HistoryFile.read(path)) == HistoryFileTests.sample)
    }
  }

  @Test func operationsCanBeAskedForInSQL() throws {
    let folder = try TemporaryFolder()
    let history = try History.read(Array(HistoryFileTests.sample.utf8), as: .jsonLines)
    try HistoryFile.store(history, at: folder.file("history.sqlite"))
    let database = try Database(path: folder.file("history.sqlite"), mode: .read)
    let rows = try database.prepare(
      "select type || ' ' || f || ' ' || coalesce(result, '-') || ' ' || coalesce(node, '-') "
        + "from operation order by position")
    var found: [String] = []
    while try rows.step() { found.append(rows.text(0)) }
    #expect(found == ["info add - n1", "ok read \"~:text \\\"q\\\"\" -", "info read - -"])
  }

  @Test func whatAFormatDoesNotKnowStaysUnknown() throws {
    let folder = try TemporaryFolder()
    let history = try History.read(Array("r 1 2\n===\nw 1 2".utf8), as: .awdit)
    try HistoryFile.store(history, at: folder.file("h.sqlite"))
    let again = try HistoryFile.read(folder.file("h.sqlite"))
    #expect(!again.hasTimes && !again.hasRealTimeOrder)
    #expect(try text(again) == text(history))
  }

  @Test func filesAreReadInPieces() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<40_000).map { "i \($0) \($0 % 7) w \($0 % 3) \($0)\no \($0)\n" }
    try lines.joined().write(toFile: folder.file("x.hist"), atomically: true, encoding: .utf8)
    #expect(try HistoryFile.read(folder.file("x.hist")).operations.count == 40_000)
  }

  @Test func everyRefusalNamesTheFile() throws {
    let folder = try TemporaryFolder()
    try "hello".write(toFile: folder.file("x"), atomically: true, encoding: .utf8)
    try "r 0 0\nr 0".write(toFile: folder.file("y"), atomically: true, encoding: .utf8)
    try "SQLite format 3\0 and then nothing".write(
      toFile: folder.file("z"), atomically: true, encoding: .utf8)
    for (name, message) in [
      ("x", "not a history in any known format"), ("y", "line 2, column 1: expected"),
      ("z", "not a database"), ("missing", "No such file"),
    ] {
      let error = #expect(throws: ArchiveError.self) { try HistoryFile.read(folder.file(name)) }
      #expect(error?.description.hasPrefix(folder.file(name)) == true)
      #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }
  }

  @Test(arguments: [2, 3, 4, 5])
  func whatAnEarlierProgramWroteIsRead(version: Int) throws {
    let folder = try TemporaryFolder()
    try EarlierArchive.write(version: version, at: folder.file("h.sqlite"))
    let said = HistoryFileTests.sample
    let expected =
      version < 3 ? said.replacing(",\"contradicted\":true", with: "") : said
    #expect(try text(try HistoryFile.read(folder.file("h.sqlite"))) == expected)
  }

  @Test func aHistoryIsNotWrittenOver() throws {
    let folder = try TemporaryFolder()
    let history = try History.read(Array("r 1 2".utf8), as: .awdit)
    try HistoryFile.store(history, at: folder.file("h.sqlite"))
    #expect(throws: ArchiveError.self) {
      try HistoryFile.store(history, at: folder.file("h.sqlite"))
    }
  }

  private static let whateverTheVersion = [
    ("update meta set value = 99 where key = 'schema'", "schema version 99"),
    ("delete from meta", "schema version none"), ("drop table meta", "no such table"),
    ("update function set id = 5 where id = 1", "not 0, 1, 2"),
  ]

  @Test(
    arguments: whateverTheVersion + [
      ("update event set process = 9 where position = 0", "in flight"),
      ("update event set type = 7 where position = 1", "impossible"),
      ("update event set f = 70 where position = 1", "impossible"),
      ("update event set value = '[1' where position = 1", "ends inside"),
      ("update event set node = 40 where position = 1", "unknown node"),
      ("delete from event where position = 0", "never invoked"),
      ("update observation set kind = 'x'", "unknown kind"),
    ])
  func aDamagedArchiveOfAnEarlierProgramIsRefused(damage: String, message: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("h.sqlite")
    try EarlierArchive.write(version: 5, at: path)
    try Self.refuse(path, after: damage, message)
  }

  /// Of the sample's operations, one ends at position 2 and one at position 3, and one never does.
  @Test(
    arguments: whateverTheVersion + [
      ("update completed set back = 0 where position = 2", "line 3: an operation that ends before"),
      ("update completed set back = 3 where position = 2", "line 3: an operation that ends before"),
      ("update completed set back = -1 where position = 2", "line 3: an operation that ends"),
      ("update completed set position = -4 where position = 2", "ends before it begins"),
      (
        "update completed set back = 3 where position = 3",
        "line 1: two events are at this position"
      ),
      (
        "update completed set back = 1 where position = 2",
        "line 2: two events are at this position"
      ),
      (
        "update completed set position = 9, back = 9 where position = 2",
        "line 3: no event is at this position"
      ),
      (
        "update completed set position = 1 << 40, back = 1 where position = 2",
        "an operation whose block the file has not"
      ),
      ("update pending set position = 1", "line 2: two events are at this position"),
      ("update pending set position = 2", "line 3: two events are at this position"),
      ("update pending set position = 2, process = 5", "line 3: two events are at this position"),
      ("update pending set position = 5", "line 5: no event is at this position"),
      ("update pending set position = -5", "line -4: no event is before the first"),
      ("delete from completed where position = 2", "line 1: no event is at this position"),
      ("delete from completed", "line 1: no event is at this position"),
      (
        "insert into completed select 4, manner, 1, time, took, late, value, rest from completed "
          + "where position = 3", "two events are at this position"
      ),
      ("update completed set manner = 2 where position = 3", "a manner that the file has not"),
      ("update completed set manner = -1 where position = 3", "a manner that the file has not"),
      ("update manner set id = 4 where id = 1", "the ids of table manner are not 0, 1, 2"),
      ("update manner set type = 0", "impossible type"),
      ("update manner set type = 4", "impossible"),
      ("update manner set f = 70", "impossible"), ("update manner set f = 1 << 16", "impossible"),
      ("update manner set process = 1 << 31", "impossible"),
      ("update manner set node = 40", "unknown node"),
      ("update manner set ended_node = 65536", "unknown node"),
      ("update manner set workload = -1", "unknown node or workload"),
      ("update manner set process = 3", "in flight"),
      ("update manner set argument = 6", "a value at an impossible place"),
      ("update manner set error = -1", "a value at an impossible place"),
      ("update manner set key = 'x'", "a value at an impossible place"),
      ("update manner set result = 2", "without a value that its manner has"),
      ("update manner set relative = 1", "whose value is no number"),
      (
        "update manner set relative = 1; update block set value = 9223372036854775807; "
          + "update completed set value = 1", "whose value is no number"
      ),
      ("delete from block", "whose block the file has not"),
      ("update block set time = 1 << 62", "too far away"),
      ("update completed set took = 1 << 62", "too far away"),
      ("update completed set late = -(1 << 62)", "too far away"),
      ("update completed set value = '[1' where position = 2", "ends inside"),
      ("update completed set rest = '[1' where position = 2", "ends inside"),
      ("update pending set f = 2", "impossible"),
      ("update pending set process = 1 << 31", "imposs"),
      ("update pending set value = '[1'", "ends inside"),
      ("update pending set node = 7", "unknown node"),
      ("update topic set kind = 'x'", "unknown kind"),
      ("update topic set id = 1", "the ids and places of table topic are not"),
      ("update topic set place = 2", "the ids and places of table topic are not"),
      ("update topic set place = -1", "the ids and places of table topic are not"),
      ("update topic set place = 1", "not as many values as its topic"),
      ("update topic set shift = -(1 << 62)", "too far away"),
      ("update sighting set topic = 1", "which the file has not"),
      ("update sighting set topic = -1", "which the file has not"),
      ("delete from topic", "which the file has not"),
    ])
  func aDamagedArchiveIsRefused(damage: String, message: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("h.sqlite")
    let history = try History.read(Array(HistoryFileTests.sample.utf8), as: .jsonLines)
    try HistoryFile.store(history, at: path)
    try Self.refuse(path, after: damage, message)
  }

  private static func refuse(_ path: String, after damage: String, _ message: String) throws {
    do {
      let database = try Database(path: path, mode: .write)
      try database.run(damage)
    }
    let error = #expect(throws: ArchiveError.self) { try HistoryFile.read(path) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  private static let damagedCount = 3000

  @Test func randomDamageNeverCrashesTheReader() throws {
    let folder = try TemporaryFolder()
    let history = try History.read(Array(HistoryFileTests.sample.utf8), as: .jsonLines)
    try HistoryFile.store(history, at: folder.file("h.sqlite"))
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder.file("h.sqlite"))))
    let seed = Seeds.fresh("damaged archives ")
    var chance = Chance(seed: seed)
    var refused = 0
    for round in 0..<Self.damagedCount {
      var damaged = bytes
      for _ in 0...chance.next() % 40 {
        damaged[Int(chance.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: chance.next())
      }
      if round % 3 == 0 { damaged.removeSubrange(Int(chance.next() % UInt64(bytes.count))...) }
      try Data(damaged).write(to: URL(filePath: folder.file("d.sqlite")))
      do throws(ArchiveError) {
        _ = try HistoryFile.read(folder.file("d.sqlite"), format: .sqlite)
      } catch {
        refused += 1
      }
    }
    print("\(refused) of \(Self.damagedCount) damaged archives refused")
    #expect(refused > 0)
  }
}
