import Basics
import Foundation
import Histories
import SQLite
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
      "drop table observation; create virtual table observation using fts5(time, kind)",
      "'observation' is no real table"
    ),
    (
      "create trigger t after insert on event begin delete from event; end",
      "the table 'event' has a trigger"
    ),
    (
      "update function set name = hex(zeroblob(5000)) where id = 0", "longer than 4096 bytes"
    ),
    (
      "update event set value = '[' || hex(zeroblob(40000000)) || ']' where position = 0", "too big"
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
