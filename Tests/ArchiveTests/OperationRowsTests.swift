import Basics
import Foundation
import Histories
import SQLite
import TestGround
import Testing

@testable import Archive

/// Operations as rows: nothing of an event is lost, whatever it has and however long it lasts.
@Suite struct OperationRowsTests {
  @Test func everyEventComesBackAsItWas() throws {
    var chance = Chance(seed: Seeds.fresh("operations as rows "))
    for round in 0..<Seeds.rounds(150) {
      let seed = chance.next()
      var recording = RandomRecording(seed: seed)
      let folder = try TemporaryFolder()
      let path = folder.file("history.sqlite")
      // Commits when it is asked to.
      let writer = try WriterCore(path: path, recorder: recording.recorder, about: nil)
      let flushes = [0, 1, 30][round % 3]
      for _ in 0..<chance.below(400) {
        recording.step()
        if chance.below(4) == 0 { recording.observe() }
        guard chance.below(100) < flushes else { continue }
        try writer.flush()
        // What would be left, were it killed now.
        if chance.below(10) == 0 { try compare(path, recording, seed) }
      }
      try writer.finish()
      try compare(path, recording, seed)
    }
  }

  private func compare(_ path: String, _ recording: RandomRecording, _ seed: UInt64) throws {
    let expected = recording.recorder.history()
    let found = try HistoryFile.read(path, format: .sqlite)
    #expect(try text(found) == text(expected), "seed \(seed)")
    let places = { (history: History) in
      history.operations.map { [$0.invocationIndex, $0.completionIndex] }
    }
    #expect(places(found) == places(expected), "seed \(seed)")
    #expect(
      try Self.events(path) == recording.events.map { try Self.line($0, expected.values) },
      "seed \(seed)")
  }

  private static let columns =
    "time, process, type, f, value, key, error, node, workload, scheduled, final"

  /// What the view `event` shows.
  private static func events(_ path: String) throws -> [String] {
    let database = try Database(path: path, mode: .read)
    let rows = try database.prepare("select \(columns) from event order by position")
    var lines: [String] = []
    while try rows.step() { lines.append((0..<11).map { rows.text($0) }.joined(separator: "|")) }
    return lines
  }

  /// The same of an event, by a table that has the event's columns.
  private static func line(_ event: Event, _ values: Values) throws -> String {
    let label = { (label: LabelID) in label == .none ? "" : "\(label.index)" }
    return [
      "\(event.time.nanoseconds)", "\(event.process)", "\(event.kind.rawValue)",
      "\(event.function.index)", try column(event.value, values), try column(event.key, values),
      try column(event.error, values), label(event.node), label(event.workload),
      event.scheduled.map { "\($0.nanoseconds)" } ?? "", event.isFinal ? "1" : "0",
    ].joined(separator: "|")
  }

  /// SQLite's own text of a number; JSON of the rest.
  private static func column(_ value: Value, _ values: Values) throws -> String {
    if value.isNone { return "" }
    if value.kind == .number, let number = values.number(value), number.isFinite {
      return try sqliteText(number)
    }
    var text: [UInt8] = []
    JSONValue.write(value, values, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private static func sqliteText(_ number: Double) throws -> String {
    let database = try Database(path: ":memory:", mode: .write)
    let row = try database.prepare("select ?")
    try row.bind(number, at: 1)
    _ = try row.step()
    return row.text(0)
  }

  @Test func whatEndsInItsBatchNeverWaits() throws {
    let folder = try TemporaryFolder()
    let recorder = Recorder(isJournaled: true, now: clock())
    let writer = try WriterCore(path: folder.file("h"), recorder: recorder, about: nil)
    record(0..<10, recorder)
    let read = recorder.function("read")
    for process: Int32 in [5, 6] {
      recorder.record(Event(process: process, kind: .invoke, function: read, value: .none))
    }
    try writer.flush()
    #expect(try pending(folder) == "20 21 ")
    record(10..<20, recorder)
    recorder.record(Event(process: 6, kind: .ok, function: read, value: .none))
    try writer.flush()
    #expect(try pending(folder) == "20 ")
    try writer.finish()
    #expect(try pending(folder) == "20 ")
    let operations = try HistoryFile.read(folder.file("h")).operations
    #expect(operations.count == 22)
    #expect(operations[10].completed == nil && operations[11].completionIndex == 42)
  }

  private func pending(_ folder: TemporaryFolder) throws -> String {
    let database = try Database(path: folder.file("h"), mode: .read)
    let rows = try database.prepare("select position from pending order by position")
    var text = ""
    while try rows.step() { text += "\(rows.integer(0)) " }
    return text
  }

  /// The first operation of a long history ends with it, so that nothing can be told before the last row.
  @Test func oneThatLastsForTheWholeRunIsReadInItsPlace() throws {
    let folder = try TemporaryFolder()
    let recorder = Recorder(isJournaled: true, now: clock())
    let writer = try WriterCore(path: folder.file("h"), recorder: recorder, about: nil)
    let read = recorder.function("read")
    recorder.record(Event(process: 7, kind: .invoke, function: read, value: .none))
    for part in 0..<20 {
      record(100 * part..<100 * (part + 1), recorder)
      try writer.flush()
    }
    recorder.record(Event(process: 7, kind: .ok, function: read, value: .none))
    try writer.finish()
    #expect(try text(try HistoryFile.read(folder.file("h"))) == text(recorder.history()))
  }

  @Test func lostElementsOfALongHistoryAreNamedAtOnce() throws {
    var builder = HistoryBuilder()
    let (add, read) = (builder.function("add"), builder.function("read"))
    let (orders, nodes) = (builder.label("orders"), [builder.label("a"), builder.label("b")])
    let count = 100_000
    for number in 0..<count {
      for kind in [Event.Kind.invoke, .ok] {
        var event = Event(
          process: Int32(number % 10), kind: kind, function: add, value: .small(Int64(number))!,
          time: Instant(nanoseconds: Int64(number * 2 + (kind == .ok ? 1 : 0))))
        event.workload = orders
        if kind == .ok { event.node = nodes[number % 2] }
        try builder.append(event)
      }
    }
    for (index, node) in nodes.enumerated() {
      let kept = (0..<count).filter { index == 0 || $0 % 1_000 != 7 }
      for kind in [Event.Kind.invoke, .ok] {
        var event = Event(
          process: 1, kind: kind, function: read, value: .none,
          time: Instant(nanoseconds: Int64(3 * count)))
        if kind == .ok { event.value = builder.values.list(kept.map { .small(Int64($0))! }) }
        event.workload = orders
        event.node = node
        event.isFinal = true
        try builder.append(event)
      }
    }
    let folder = try TemporaryFolder()
    try HistoryFile.store(builder.finish(), at: folder.file("h"))
    let database = try Database(path: folder.file("h"), mode: .read)
    let began = ContinuousClock.now
    let rows = try database.prepare(
      "select count(*), min(element), max(element), min(missing_at), max(missing_at), "
        + "max(acknowledged_by) from lost")
    #expect(try rows.step())
    #expect((0..<6).map { rows.text($0) } == ["100", "7", "99007", "b", "b", "b"])
    #expect(ContinuousClock.now - began < .seconds(20))
  }
}
