import Basics
import Testing

@testable import Histories

/// A history with everything in it that a history can hold.
func richHistory() throws -> History {
  var builder = HistoryBuilder()
  let (add, read) = (builder.function("add all"), builder.function("read"))
  let (node, workload) = (builder.label("db-a"), builder.label(":set"))
  var values = Values()
  let inner = [
    values.text("plain"), values.text(":not a symbol"), values.text("~tilde \"q\"\n\u{1}é🙂"),
    values.symbol("r"), values.symbol("with space"), values.symbol(":double"), .none, .true, .false,
    values.integer(.min), values.integer(.max), values.number(1.5), values.number(-0.0),
    values.number(.infinity), values.number(1e300), values.text("18446744073709551616"),
  ]
  let list = values.list([values.list(inner), values.list([Value]())])
  let map = values.map([values.text("a"), .small(1)!, values.symbol("~pairs"), .small(2)!])
  let odd = values.map([.small(1)!, values.text("x"), .none, map])
  builder.values = values
  func event(
    _ process: Int32, _ kind: Event.Kind, _ function: FunctionID, _ value: Value, _ time: Int64
  ) -> Event {
    var event = Event(
      process: process, kind: kind, function: function, value: value,
      time: Instant(nanoseconds: time))
    event.node = node
    event.workload = workload
    return event
  }
  var first = event(0, .invoke, add, list, 100)
  first.scheduled = Instant(nanoseconds: 90)
  try builder.append(first)
  try builder.append(event(70_000, .invoke, read, .none, 110))
  var failed = event(0, .fail, add, odd, 120)
  failed.error = builder.values.text("no room")
  try builder.append(failed)
  var final = event(0, .invoke, read, map, 130)
  final.isFinal = true
  final.key = builder.values.text("k")
  try builder.append(final)
  try builder.append(event(70_000, .info, read, .none, 140))
  var mark = FaultMark(
    id: 1, name: "kill", summary: "kill ~all", targets: ["db-a", ":x"],
    injected: Instant(nanoseconds: 105))
  mark.confirmed = Instant(nanoseconds: 106)
  mark.confirmation = "the process is gone"
  mark.reach = .away
  mark.healed = Instant(nanoseconds: 125)
  builder.faults.append(mark)
  builder.observations.append(
    Observation(time: Instant(nanoseconds: 107), .claim("10.0.0.1", by: "lb-b", .arp)))
  builder.observations.append(
    Observation(time: Instant(nanoseconds: 107), .claim("2001:db8::1", by: "lb-b", .ndp)))
  return builder.finish()
}

func text(of history: History, as format: HistoryFormat) throws -> String {
  var bytes: [UInt8] = []
  try history.write(as: format) { bytes += $0 }
  return String(decoding: bytes, as: UTF8.self)
}

/// Everything about an operation, with its values spelled out.
func details(_ history: History) -> [String] {
  zip(lines(history), history.operations).map { line, operation in
    let times = [operation.scheduled, operation.invoked, operation.completed ?? .start]
    return line + " \(times.map(\.nanoseconds)) \(operation.isFinal)"
      + " \(history.name(operation.node) ?? "-") \(history.name(operation.workload) ?? "-")"
      + " \(history.values.describe(operation.error))"
      + " \(operation.invocationIndex) \(operation.completionIndex)"
  }
}

@Suite struct WritingTests {
  @Test func jsonLinesLoseNothing() throws {
    let history = try richHistory()
    let written = try text(of: history, as: .jsonLines)
    let again = try read(written, as: .jsonLines)
    #expect(details(again) == details(history))
    #expect(again.faults == history.faults)
    #expect(again.observations == history.observations)
    #expect(again.hasTimes && again.hasRealTimeOrder)
    #expect(try text(of: again, as: .jsonLines) == written)
    #expect(HistoryFormat.recognise(prefix: Array(written.utf8)) == .jsonLines)
  }

  @Test func jsonLinesNeverTakePairsForKeys() throws {
    let lines = [
      #"{"faultline":"history","version":1,"times":true,"order":true}"#,
      #"{"type":"invoke","process":0,"f":"read","value":[1,null],"time":1}"#,
      #"{"type":"ok","process":0,"f":"read","value":[1,2],"time":2}"#, "",
    ].joined(separator: "\n")
    #expect(try text(of: read(lines, as: .jsonLines), as: .jsonLines) == lines)
  }

  @Test func jsonLinesRememberWhatIsUnknown() throws {
    let sessions = try read("r 0 1\n===\nw 0 1", as: .awdit)
    let again = try read(try text(of: sessions, as: .jsonLines), as: .jsonLines)
    #expect(details(again) == details(sessions))
    #expect(!again.hasTimes && !again.hasRealTimeOrder)
  }

  @Test func ednKeepsOperationsAndFaults() throws {
    let history = try richHistory()
    let written = try text(of: history, as: .jepsenEDN)
    let again = try read(written, as: .jepsenEDN)
    #expect(again.operations.count == history.operations.count)
    #expect(details(again)[..<2] == details(history)[..<2])
    #expect(again.faults.map(\.name) == ["kill"])
    #expect(again.faults.map(\.targets) == [["db-a", ":x"]])
    #expect(again.faults.map(\.healed?.nanoseconds) == [125])
  }

  @Test func keyedOperationsAreWrittenAsPairs() throws {
    let history = try read("i 0 0 w 3 1\no 0\ni 1 0 r 3\no 1 1\n", as: .hist)
    let again = try read(try text(of: history, as: .jepsenEDN), as: .jepsenEDN)
    #expect(details(again) == details(history))
  }

  @Test func overlappingFaultsAreKeptApart() throws {
    var builder = HistoryBuilder()
    for id in 1...2 {
      var mark = FaultMark(
        id: id, name: "pause", summary: "", targets: ["n\(id)"],
        injected: Instant(nanoseconds: Int64(id)))
      mark.confirmed = Instant(nanoseconds: Int64(id + 5))
      builder.faults.append(mark)
    }
    let written = try text(of: builder.finish(), as: .jepsenEDN)
    let again = try read(written, as: .jepsenEDN)
    #expect(again.faults.map(\.targets) == [["n1"], ["n2"]])
    #expect(again.faults.map(\.confirmed?.nanoseconds) == [6, 7])
  }

  @Test func porcupineGetsUnknownOutcomesAtTheEnd() throws {
    let kv = """
      {:process 0 :type :invoke :f :put :key "a" :value "1"}
      {:process 1 :type :invoke :f :put :key "a" :value "2"}
      {:process 0 :type :info :f :put :key "a" :value "1"}
      {:process 1 :type :fail :f :put :key "a" :value "2"}
      {:process 0 :type :invoke :f :get :key "a" :value nil}
      {:process 0 :type :ok :f :get :key "a" :value "1"}
      """
    let written = try text(of: try read(kv, as: .porcupineKV), as: .porcupineKV)
    #expect(
      lines(try read(written, as: .porcupineKV)) == [
        "2 put @\"a\" \"1\" -> \"1\" ok", "0 get @\"a\" nil -> \"1\" ok",
      ])
    #expect(written.hasSuffix(":process 2, :type :ok, :f :put, :key \"a\", :value \"1\"}\n"))
  }

  @Test func whatPorcupineCannotHoldIsRefused() throws {
    let register = try read("i 0 0 w 3 1\no 0\n", as: .hist)
    let error = #expect(throws: WritingError.self) {
      try text(of: register, as: .porcupineKV)
    }
    #expect(error?.message.contains("operation 0 is a write") == true)
    #expect(throws: WritingError.self) { try text(of: register, as: .hist) }
  }
}
