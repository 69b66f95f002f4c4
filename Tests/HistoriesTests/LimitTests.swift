import Basics
import Synchronization
import Testing

@testable import Histories

/// What happens where a table of names is full.
@Suite struct LimitTests {
  @Test func seventyThousandLabelsAndFunctionsAreTakenAndTheLastShareOne() throws {
    var builder = HistoryBuilder()
    let labels = (0..<70_000).map { builder.label("n\($0)") }
    let functions = (0..<70_000).map { builder.function("f\($0)") }
    #expect(labels[65_533] != labels[65_534])
    #expect(Set(labels[65_534...]).count == 1 && !labels.contains(.none))
    #expect(Set(functions[65_535...]).count == 1)
    #expect(builder.label("n7") == labels[7] && builder.function("f7") == functions[7])
    var event = Event(process: 0, kind: .invoke, function: functions[69_999], value: .none)
    event.node = labels[69_999]
    try builder.append(event)
    let history = builder.finish()
    #expect(history.name(history.operations[0].node) == HistoryBuilder.furtherName)
    #expect(history.name(history.operations[0].function) == HistoryBuilder.furtherName)
  }

  @Test func serversThatMakeUpNamesAreKeptApartUpToALimitAndTheRunSaysSo() {
    let notes = Mutex<[String]>([])
    let follow: @Sendable (Observation) -> Void = { seen in
      if case .note(_, let sentence) = seen.fact { notes.withLock { $0.append(sentence) } }
    }
    let recorder = Recorder(isJournaled: true, follow: follow) { .start }
    _ = recorder.label("pages")
    let servers = (0..<70_000).map { recorder.server("node-\($0)") }
    #expect(Set(servers[..<Recorder.serverLimit]).count == Recorder.serverLimit)
    #expect(Set(servers[Recorder.serverLimit...]).count == 1)
    #expect(recorder.server("node-3") == servers[3])
    #expect(notes.withLock { $0.count } == 1)
    #expect(notes.withLock { $0.first?.contains("more than 1,024 servers") } == true)
    var journal = Journal()
    recorder.drain(into: &journal)
    #expect(journal.labels.count == Recorder.serverLimit + 2)
    #expect(journal.labels.last == Recorder.furtherServers)
    // The harness's own names are not the servers' to use up.
    #expect(recorder.label("later workload") != recorder.server("node-69999"))
  }

  @Test func theNameOfAServerIsCut() {
    let recorder = Recorder { .start }
    let id = recorder.server(String(repeating: "x", count: 1_000_000))
    let name = recorder.history().name(id) ?? ""
    #expect(name.utf8.count < 200 && name.contains("cut here"))
  }

  /// Found by `make fuzz`: a field that is nothing but a blank, where the bytes end.
  @Test(arguments: HistoryFormat.allCases) func blanksAloneAreNoFields(format: HistoryFormat) {
    for blanks in ["\t", "\u{b}", " \t ", "\r", "\u{c}\n\t", "i 0 0 w 1 5\n\t", "0\t \t \t"] {
      do throws(FormatError) {
        var reader = try HistoryReader(format)
        try reader.feed(Array(blanks.utf8))
        _ = try reader.finish()
      } catch {
        #expect(error.line >= 1)
      }
    }
  }

  /// A hundred thousand levels of everything that can be nested, to every reader.
  @Test(arguments: HistoryFormat.allCases) func deepNestingHasAnAnswer(format: HistoryFormat) {
    let openings = [
      "[", "(", "{:a ", "{\"a\":", "#{", "#_ ", "#x ", "^{:a ", "^:a ", "[[\"r\",", "'",
    ]
    let beginnings = [
      "", "{:process 0, :type :invoke, :f :w, :value ", "[{\"value\":", "i 0 0 w 1 ",
    ]
    for opening in openings {
      for beginning in beginnings {
        let text = beginning + String(repeating: opening, count: 100_000)
        do throws(FormatError) {
          var reader = try HistoryReader(format)
          try reader.feed(Array(text.utf8))
          _ = try reader.finish()
        } catch {
          #expect(error.description.utf8.count < 1_000_000)
        }
      }
    }
  }

  @Test func aFileWithTooManyNodesIsRefusedWithItsLine() throws {
    var text = ""
    for number in 0..<65_540 {
      for type in ["invoke", "ok"] {
        text +=
          "{\"type\":\"\(type)\",\"process\":0,\"f\":\"w\",\"value\":1,\"node\":\"n\(number)\"}\n"
      }
    }
    text = "{\"faultline\":\"history\",\"version\":1}\n" + text
    #expect(throws: FormatError.self) {
      var reader = try HistoryReader(.jsonLines)
      try reader.feed(Array(text.utf8))
      _ = try reader.finish()
    }
  }
}
