import Basics
import Foundation
import Histories
import SQLite
import TestGround
import Testing

@testable import Archive

/// How much a run of an hour keeps.
@Suite struct ArchiveSizeTests {
  private static let hour = 3_600
  private static let perSecond = 80

  /// Ten clients order and read, as an open loop of random arrivals has it, while a stack of three sites is
  /// watched: its counters once a second, roles, probes and alerts twice a second each.
  @Test func anHourOfEightyRequestsASecondIsUnderTenMegabytes() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("history.sqlite")
    let recorder = Recorder(isJournaled: true, now: { .start })
    let writer = try WriterCore(path: path, recorder: recorder, about: nil)
    var traffic = Traffic(recorder, seed: Seeds.fresh("an hour "))
    for second in 0..<Self.hour {
      traffic.second(Int64(second), requests: Self.perSecond)
      try writer.flush()
    }
    try writer.finish()
    let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? .max
    print("an hour: \(bytes) bytes\n\(try Self.parts(path))")
    #expect(bytes < 10_000_000)
    let history = try HistoryFile.read(path)
    #expect(history.operations.count == Self.hour * Self.perSecond)
    #expect(history.observations.count == Self.hour * Traffic.observationsPerSecond)
  }

  /// What each table has of it.
  private static func parts(_ path: String) throws -> String {
    let database = try Database(path: path, mode: .read)
    guard
      let rows = try? database.prepare(
        "select name, sum(pgsize), sum(ncell), sum(unused) from dbstat group by name "
          + "order by sum(pgsize) desc limit 6")
    else { return "(this SQLite counts no pages)" }
    var text = ""
    while try rows.step() { text += (0..<4).map { rows.text($0) }.joined(separator: " ") + "\n" }
    return text
  }
}

/// What a run's clients and observers tell a recorder.
private struct Traffic {
  private let recorder: Recorder
  private var chance: Chance
  private var orders: Int64 = 0
  private var counted: [Int64] = Array(repeating: 0, count: 18)
  private let functions: (add: FunctionID, read: FunctionID)
  private let workload: LabelID
  private let nodes: [LabelID]
  private static let clients = 10
  /// Eighteen counters at one moment, six roles and six probes twice a second.
  static let observationsPerSecond = 18 + 2 * 12

  init(_ recorder: Recorder, seed: UInt64) {
    self.recorder = recorder
    chance = Chance(seed: seed)
    functions = (recorder.function("add"), recorder.function("read"))
    workload = recorder.label("orders")
    nodes = ["a1", "b1", "c1"].map(recorder.label)
  }

  /// A number around `middle`, seldom more than four times as much.
  private mutating func around(_ middle: Int) -> Int64 {
    Int64(middle / 4 + chance.below(middle) + (chance.below(20) == 0 ? 2 * middle : 0))
      + Int64(chance.below(middle / 2))
  }

  mutating func second(_ second: Int64, requests: Int) {
    let start = (20 + second) * 1_000_000_000
    var free = Array(repeating: start, count: Self.clients)
    var events: [Event] = []
    for place in (0..<requests).map({ _ in Int64(chance.below(990_000_000)) }).sorted() {
      let scheduled = start + place
      let client = free.indices.min { free[$0] < free[$1] }!
      let begins = max(scheduled + around(100_000), free[client] + 1)
      let ends = begins + around(2_000_000)
      free[client] = ends
      events += operation(Int32(client), scheduled, begins, ends)
    }
    for event in events.sorted(by: { $0.time < $1.time }) {
      recorder.record(event, at: event.time)
    }
    observe(start)
  }

  private mutating func operation(
    _ process: Int32, _ scheduled: Int64, _ begins: Int64, _ ends: Int64
  ) -> [Event] {
    let isOrder = chance.below(10) < 7
    if isOrder { orders += 1 }
    let order = Value.small(orders)!
    var begun = Event(
      process: process, kind: .invoke, function: isOrder ? functions.add : functions.read,
      value: isOrder ? order : .none, time: Instant(nanoseconds: begins))
    begun.workload = workload
    begun.scheduled = Instant(nanoseconds: scheduled)
    var ended = begun
    ended.scheduled = nil
    ended.kind = chance.below(500) == 0 ? .info : .ok
    ended.time = Instant(nanoseconds: ends)
    ended.node = nodes[chance.below(nodes.count)]
    if ended.kind == .info { ended.error = recorder.value { $0.text("no answer within 2s") } }
    ended.value = isOrder || ended.kind == .info ? .none : order
    return [begun, ended]
  }

  private mutating func observe(_ start: Int64) {
    let sites = ["a", "b", "c"]
    for (index, count) in counted.enumerated() {
      if index < 9 { counted[index] = count + Int64(chance.below(300)) }
      recorder.record(
        .counter(
          index < 9 ? "frames passed" : "frames dropped", from: sites[index / 3 % 3],
          to: sites[index % 3], counted[index]), at: Instant(nanoseconds: start + 271_084_210))
    }
    for half in 0..<2 {
      for number in 0..<6 {
        let id = InstanceID(node: NodeID("\(sites[number / 2])\(number)"), component: "database")
        let time = start + Int64(half) * 500_000_000 + Int64(chance.below(400_000_000))
        recorder.record(
          .role(id, .answer(number == 0 ? "primary" : "secondary")),
          at: Instant(nanoseconds: time))
        let lag = number == 0 ? 0 : Double(chance.below(5)) / 100
        recorder.record(
          .probe("lag", of: id, .answer(lag)), at: Instant(nanoseconds: time + 7_000_001))
      }
    }
  }
}
