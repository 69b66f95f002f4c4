import Checking
import Basics
import Histories
import Testing

@testable import Checkers

/// What every checker of the service and of the data has in common.
struct EveryCheckerTests {
  static let names = (Catalogue.service + Catalogue.data).map { $0.name }
  /// Settings that some cannot do without.
  static let required = [
    "latency": ["below": "1s"], "staleness": ["bound": "1s"],
    "single-leader": ["component": "s"], "bounded": ["probe": "s", "at-most": "1"],
    "unreadable": ["words": "secret", "port": "7102"], "encrypted": ["networks": "line"],
    "unreachable": ["from": "a", "to": "b", "ports": "5432"],
  ]

  @Test func namesAreUnique() {
    #expect(Set(Self.names).count == Self.names.count)
  }

  @Test(arguments: names) func anEmptyHistoryIsUnknownWithAReason(name: String) throws {
    let found = try finding(name, HistorySketch().history(), Self.required[name] ?? [:])
    #expect(found.verdict == .unknown)
    #expect(found.checker == name)
    #expect(!found.summary.isEmpty)
  }

  @Test(arguments: names) func aHistoryInWhichNothingSucceededIsUnknown(name: String) throws {
    var sketch = HistorySketch()
    for function in [
      "add", "read", "write", "generate", "enqueue", "dequeue", "transfer", "publish", "consume",
      "acquire", "release", "set", "fired",
    ] {
      for process in 0..<20 {
        sketch.call(process, function, 1, nil, process % 2 == 0 ? .fail : .info, node: "a")
      }
    }
    sketch.fault("kill", at: 50, healed: 150)
    let found = try finding(name, sketch.history(), Self.required[name] ?? [:])
    #expect(found.verdict == .unknown, "\(found.summary)")
  }

  @Test(arguments: names) func oddShapesNeverCrash(name: String) throws {
    let odd: [Sketched] = [nil, 1, -7, "x", .symbol("w"), [], [1, [nil]], [:], [[1]: ["y": nil]]]
    for seed in UInt64(0)..<40 {
      var chance = Chance(seed: seed)
      var sketch = HistorySketch()
      let functions = [
        "add", "read", "write", "cas", "delete", "generate", "enqueue", "dequeue", "drain",
        "transfer", "txn", "publish", "consume", "acquire", "release", "set", "fired",
      ]
      for process in 0..<40 {
        sketch.call(
          process, functions[Int(chance.next() % UInt64(functions.count))],
          odd[Int(chance.next() % 9)],
          odd[Int(chance.next() % 9)], [.ok, .info, .fail][Int(chance.next() % 3)],
          took: chance.next() % 5 == 0 ? nil : 3, node: chance.next() % 2 == 0 ? "a" : nil,
          key: odd[Int(chance.next() % 9)], isFinal: chance.next() % 4 == 0)
      }
      sketch.fault("kill", at: 30, healed: chance.next() % 2 == 0 ? 60 : nil, targets: ["a"])
      sketch.fault("promote", at: 20, isAction: true)
      for value in ["held", "released", "odd"] {
        for kind in SeenKind.allCases {
          sketch.see(kind, "s", "a", value, at: Double(chance.next() % 200))
          sketch.see(kind, "s", "b", value, from: "arp", at: Double(chance.next() % 200))
        }
      }
      let found = try finding(name, sketch.history(), Self.required[name] ?? [:])
      let count = sketch.lines.count
      #expect(found.evidence.allSatisfy { $0.operations.allSatisfy { 0 <= $0 && $0 < count } })
      #expect(found.verdict != .invalid || !found.evidence.isEmpty, "seed \(seed)")
    }
  }
}
