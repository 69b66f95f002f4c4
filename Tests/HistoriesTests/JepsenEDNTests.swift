import Basics
import Testing

@testable import Histories

func read(
  _ text: String, as format: HistoryFormat, independent: Bool? = nil
) throws -> History {
  try History.read(Array(text.utf8), as: format, options: ReadingOptions(independent: independent))
}

/// What each operation says, for comparing: `0 write 1 -> 1 ok`.
func lines(_ history: History) -> [String] {
  history.operations.map { operation in
    let values = history.values
    let key = operation.key.isNone ? "" : "@\(values.describe(operation.key)) "
    return "\(operation.process) \(history.name(operation.function)) \(key)"
      + "\(values.describe(operation.argument)) -> \(values.describe(operation.result)) "
      + "\(operation.outcome)"
  }
}

@Suite struct JepsenEDNTests {
  static let events = [
    "{:process 0, :type :invoke, :f :write, :value 1, :time 10, :index 0}",
    "{:process 1 :type :invoke :f :read :value nil :time 20 :index 1}",
    "{:type :ok :f :read :value 1 :process 1 :time 30 :exception {:via [{:at [a b]}]} :index 2}",
    "{:type :info :f :write :value 1 :process 0 :error :timeout :time 40 :index 3}",
  ]

  @Test(arguments: [("", ""), ("[", "]"), ("(", ")"), ("; a comment\n[", " ] ; the end")])
  func streamsVectorsAndListsAreTheSame(open: String, close: String) throws {
    let text = open + JepsenEDNTests.events.joined(separator: "\n ") + close
    let history = try read(text, as: .jepsenEDN)
    #expect(lines(history) == ["0 write 1 -> 1 info", "1 read nil -> 1 ok"])
    #expect(history.hasTimes)
    #expect(history.operations[1].invoked == Instant(nanoseconds: 20))
    #expect(history.values.text(history.operations[0].error) == "timeout")
  }

  @Test func recordsTagsAndDiscardedFormsAreTolerated() throws {
    let history = try read(
      """
      #jepsen.history.Op{:index 0, :type :invoke, :process 0, :f :add, :value #{1 2},
        :at #inst "2024-01-01", #_ {:not "here"} :foo/bar \\newline}
      #_ {:type :bogus}
      #jepsen.history.Op {:type :ok, :process 0, :f :add, :value ^{:a 1} [#uuid "x" 2.5 1N 7/2]}
      """, as: .jepsenEDN)
    #expect(lines(history) == ["0 add [1 2] -> [\"x\" 2.5 1 \"7/2\"] ok"])
  }

  @Test func piecesOfAnySizeGiveTheSameHistory() throws {
    let text = Array(("[" + JepsenEDNTests.events.joined(separator: " ") + "]").utf8)
    let whole = lines(try History.read(text, as: .jepsenEDN))
    for size in 1...text.count {
      var reader = try HistoryReader(.jepsenEDN)
      var rest = text[...]
      while !rest.isEmpty {
        try reader.feed(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      #expect(lines(try reader.finish()) == whole)
    }
  }

  @Test(arguments: [
    ("[{:process 0 :type :invoke :f :read}\n", 2, "before the history's list is closed"),
    ("{:process 0 :type :invoke\n :f", 2, "ends inside"),
    ("{:process 0 :type :invoke :f :read :value \"x", 1, "inside a text"),
    (events[0] + "\n" + events[0], 2, "process 0 invokes an operation while one"),
    (events[0] + "\n\n" + events[2], 3, "process 1 completes an operation that it never invoked"),
    ("{:process 0 :f :read}", 1, "without a type"),
    ("{:process 0 :type :started :f :read}", 1, "the type must be"),
    ("{:process 0 :type :invoke :value 3}", 1, "without a function"),
    ("{:process 0 :type :invoke :f}", 1, "a key but no value"),
    ("{:process 99999999999 :type :invoke :f :read}", 1, "too large"),
    (events[0] + "\n{:type :invoke :f :read}", 2, "some do not"),
    (events[0] + "\n{:process 0 :type :ok :f :read}", 2, "another function is in flight"),
    ("[" + events[0] + "]\n" + events[1], 2, "follows the end"),
    ("7", 1, "must be a map"),
    ("{:process 0 :type :invoke :f :x :time 9223372036854775807}", 1, "less than a century"),
    (String(repeating: "{:value [", count: 200), 1, "nested deeper"),
  ])
  func whatBreaksTheRulesIsRefusedWithThePlace(text: String, line: Int, message: String) {
    let error = #expect(throws: FormatError.self) { try read(text, as: .jepsenEDN) }
    #expect(error?.line == line)
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test func withoutAClockPositionsStandForTimes() throws {
    let history = try read(
      "{:process 3 :type :invoke :f :read}{:process 3 :type :ok :f :read :value 2}",
      as: .jepsenEDN)
    #expect(!history.hasTimes)
    #expect(history.operations[0].completed == Instant(nanoseconds: 1))
  }

  @Test func aStopClosesAllOverlappingStarts() throws {
    let nemesis = { (f: String, time: Int) in
      "{:process :nemesis :type :info :f :\(f) :value [\"n1\"] :time \(time)}"
    }
    let text = [
      nemesis("start", 1), nemesis("start", 2), nemesis("start", 3), nemesis("start", 4),
      nemesis("stop", 5), nemesis("stop", 6),
    ]
    let faults = try read(text.joined(separator: "\n"), as: .jepsenEDN).faults
    #expect(faults.map(\.injected.nanoseconds) == [1, 3])
    #expect(faults.map(\.confirmed?.nanoseconds) == [2, 4])
    #expect(faults.map(\.healed?.nanoseconds) == [5, 5])
    #expect(faults.map(\.healConfirmed?.nanoseconds) == [6, 6])
    #expect(faults.map(\.targets) == [["n1"], ["n1"]])
  }

  @Test(arguments: [
    ("start", "stop"), ("kill", "start"), ("pause", "resume"), ("kill", "restart"),
    ("start-partition", "stop-partition"), ("partition", "heal"), ("isolate", "recover"),
    ("bump", "reset"), ("slow", "fast"), ("kill", "stop-kill"),
  ])
  func faultsAreHealedByTheirOwnWords(fault: String, heal: String) throws {
    let text = [fault, fault, "unrelated", "unrelated", heal, heal].enumerated().map {
      "{:process :nemesis :type :info :f :\($0.element) :time \($0.offset)}"
    }
    let faults = try read(text.joined(), as: .jepsenEDN).faults
    #expect(faults.map(\.name) == [fault, "unrelated"])
    #expect(faults[0].healed?.nanoseconds == 4 && faults[0].healConfirmed?.nanoseconds == 5)
    #expect((faults[1].healed == nil) == (heal != "recover"))
  }

  @Test func aNemesisThatFailedConfirmsNothing() throws {
    let faults = try read(
      "{:process :nemesis :type :info :f :kill :time 1}"
        + "{:process :nemesis :type :info :f :kill :time 2 :exception {:via []}}"
        + "{:process :nemesis :type :info :f :check-offsets :time 3}"
        + "{:process :nemesis :type :info :f :check-offsets :time 4}"
        + "{:process :nemesis :type :info :f :start :time 5}", as: .jepsenEDN
    ).faults
    #expect(faults.map(\.name) == ["kill", "check-offsets"])
    #expect(faults.map(\.isAction) == [false, true])
    #expect(faults[0].confirmed == nil && faults[0].healed?.nanoseconds == 5)
    #expect(faults[0].confirmation == "the nemesis failed: :exception")
  }

  @Test func theReaderHoldsNoMoreThanTheRecordBeingRead() throws {
    var reader = try HistoryReader(.jepsenEDN)
    let events = Array((JepsenEDNTests.events.joined() + "\n").utf8)
    for round in 0..<200 {
      try reader.feed(events)
      #expect(reader.bytesAtHand <= 2 * events.count, "round \(round)")
    }
    #expect(try reader.finish().operations.count == 400)
  }
}
