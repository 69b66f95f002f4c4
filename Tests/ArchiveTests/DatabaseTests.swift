import SQLite
import Testing

@Suite struct DatabaseTests {
  @Test func valuesComeBackAsTheyWereBound() throws {
    let database = try Database(path: ":memory:", mode: .write)
    try database.run("create table t(a, b, c, d, e)")
    let insert = try database.prepare("insert into t values (?,?,?,?,?)")
    try insert.bind(Int64.min, at: 1)
    try insert.bind(0.1, at: 2)
    try insert.bind("é\0\"", at: 3)
    try insert.bind("", at: 4)
    try insert.run()
    insert.clearBindings()
    try insert.run()
    let select = try database.prepare("select * from t")
    #expect(try select.step())
    #expect(select.integer(0) == .min)
    #expect(select.number(1) == 0.1)
    #expect(select.text(2) == "é\0\"")
    #expect(select.bytes(2).count == 4)
    #expect(select.kind(3) == .text && select.text(3).isEmpty)
    #expect(select.kind(4) == .null)
    #expect(try select.step())
    #expect(select.kind(0) == .null)
    #expect(try !select.step())
  }

  @Test func errorsSayWhatWasAttempted() throws {
    let database = try Database(path: ":memory:", mode: .write)
    let error = #expect(throws: SQLiteError.self) { try database.run("select * from absent") }
    #expect(error?.attempt == "select * from absent")
    #expect(error?.message == "no such table: absent")
    #expect(throws: SQLiteError.self) { _ = try database.prepare("selec") }
    #expect(throws: SQLiteError.self) { _ = try Database(path: "/nowhere/x", mode: .read) }
  }

  @Test func aConstraintIsAnError() throws {
    let database = try Database(path: ":memory:", mode: .write)
    try database.run("create table t(a unique)")
    let insert = try database.prepare("insert into t values (?)")
    try insert.bind(Int64(1), at: 1)
    try insert.run()
    let error = #expect(throws: SQLiteError.self) { try insert.run() }
    #expect(error?.code == 2067)
  }
}
