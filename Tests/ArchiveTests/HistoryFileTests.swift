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

  /// What earlier programs wrote had fewer columns.
  @Test(arguments: [
    (2, ["contradicted", "measures", "reach"]), (3, ["measures", "reach"]), (4, ["reach"]),
  ])
  func whatAnEarlierProgramWroteIsRead(version: Int, missing: [String]) throws {
    let folder = try TemporaryFolder()
    let recorder = Recorder(isJournaled: true, now: clock())
    let writer = try HistoryWriter(path: folder.file("h.sqlite"), recorder: recorder)
    let mark = FaultMark(
      id: 1, name: "kill", summary: "", targets: [.node("a")], injected: Instant(nanoseconds: 5))
    recorder.record(.fault(FaultChange(.injected, mark)))
    try writer.finish()
    let database = try Database(path: folder.file("h.sqlite"), mode: .write)
    for column in missing { try database.run("alter table fault drop column \(column)") }
    try database.run("update meta set value = \(version) where key = 'schema'")
    #expect(try HistoryFile.read(folder.file("h.sqlite")).faults == [mark])
  }

  @Test func aHistoryIsNotWrittenOver() throws {
    let folder = try TemporaryFolder()
    let history = try History.read(Array("r 1 2".utf8), as: .awdit)
    try HistoryFile.store(history, at: folder.file("h.sqlite"))
    #expect(throws: ArchiveError.self) {
      try HistoryFile.store(history, at: folder.file("h.sqlite"))
    }
  }

  @Test(arguments: [
    ("update meta set value = 99 where key = 'schema'", "schema version 99"),
    ("delete from meta", "schema version none"), ("drop table meta", "no such table"),
    ("update event set process = 9 where position = 0", "in flight"),
    ("update event set type = 7 where position = 1", "impossible"),
    ("update event set f = 70 where position = 1", "impossible"),
    ("update event set value = '[1' where position = 1", "ends inside"),
    ("update event set node = 40 where position = 1", "unknown node"),
    ("delete from event where position = 0", "never invoked"),
    ("update observation set kind = 'x'", "unknown kind"),
    ("update function set id = 5 where id = 1", "not 0, 1, 2"),
  ])
  func aDamagedArchiveIsRefused(damage: String, message: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("h.sqlite")
    let history = try History.read(Array(HistoryFileTests.sample.utf8), as: .jsonLines)
    try HistoryFile.store(history, at: path)
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
