import Basics
import Bindings
import Histories
import TestGround
import Testing
import Workloads

@Suite struct DriverAnswerTests {
  @Test func answersAreRead() throws {
    #expect(
      try DriverAnswer(reading: #"{"type":"init_ok","functions":["add"]}"#)
        == .initialized(functions: ["add"]))
    #expect(try DriverAnswer(reading: #"{"type":"open_ok","client":3}"#) == .opened(client: 3))
    #expect(
      try DriverAnswer(
        reading: #"{"type":"complete","client":3,"id":9,"outcome":"ok","value":[1],"server":"n"}"#)
        == .completed(client: 3, id: 9, .ok(.integers([1]), server: "n")))
  }

  @Test(
    arguments: [
      "", "17", "[]", "{}", #"{"type":"hello"}"#, #"{"type":"open_ok"}"#,
      #"{"type":"open_ok","client":"3"}"#, #"{"type":"open_ok","client":1.5}"#,
      #"{"type":"complete","client":1,"id":2}"#, #"{"type":"init_ok"}"#, "Traceback",
    ]) func garbageIsRefused(line: String)
  {
    #expect(throws: DriverGarbage.self) { try DriverAnswer(reading: line) }
  }

  @Test(
    arguments: [
      (#"{"code":"abort"}"#, true), (#"{"code":"abort","definite":false}"#, false),
      (#"{"code":"timeout","definite":true}"#, false), (#"{"code":"mine"}"#, false),
      (#"{"code":"mine","definite":true}"#, true), (#"{"definite":true}"#, false), ("null", false),
      (#"{"code":"mine","definite":"yes"}"#, false),
    ]) func whatIsNotCertainlyUndoneIsIndefinite(error: String, isDefinite: Bool) throws
  {
    let line = #"{"type":"complete","client":1,"id":1,"outcome":"fail","error":\#(error)}"#
    guard case .completed(_, _, .failed(let failure, _)) = try DriverAnswer(reading: line) else {
      Issue.record("no failure: \(line)")
      return
    }
    #expect(failure.isDefinite == isDefinite)
  }

  @Test func anUnknownOutcomeMayTellWhatWasTakenOut() throws {
    let line =
      #"{"type":"complete","client":1,"id":1,"outcome":"info","value":7,"error":{"code":"timeout"}}"#
    guard case .completed(_, _, let outcome) = try DriverAnswer(reading: line) else {
      Issue.record("no completion")
      return
    }
    let takes = WorkloadFunction("take", result: .scalar, takesOut: true, "Takes.")
    let puts = WorkloadFunction("put", argument: .scalar, "Puts.")
    let bindings = try DriverBindings(
      ClientSettings(own: Settings(["name": .text("x")])), functions: [takes, puts])
    #expect(bindings.completion(outcome, of: Invocation(takes)).result == .integer(7))
    #expect(bindings.completion(outcome, of: Invocation(puts, .integer(9))).result == .none)
  }

  @Test func linesComeOutWholeHoweverTheyAreCut() {
    let seed = Seeds.fresh("lines ")
    var chance = Chance(seed: seed)
    let text = (0..<200).map { "line \($0) " + String(repeating: "x", count: $0) + "\n" }.joined()
    var rest = Array(text.utf8)[...]
    var lines = DriverLines()
    var found: [String] = []
    while !rest.isEmpty {
      let count = Int(chance.next() % 300)
      found += lines.take(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    #expect(found == text.split(separator: "\n").map { String($0) }, "seed \(seed)")
  }

  @Test func anEndlessLineIsGivenUp() {
    var lines = DriverLines()
    for _ in 0..<40 { _ = lines.take([UInt8](repeating: 120, count: 1 << 16)) }
    #expect(lines.isTooLong && lines.take(Array("{}\n".utf8)).isEmpty)
  }
}

/// Lines that no driver should write, read or refused: never a crash, never an ok out of nothing.
@Suite struct DriverFuzzTests {
  private static let good = [
    #"{"type":"init_ok","functions":["add","read"]}"#, #"{"type":"setup_ok"}"#,
    #"{"type":"open_ok","client":3}"#,
    #"{"type":"complete","client":3,"id":9,"outcome":"ok","value":[[1,2],{"a":null}]}"#,
    #"{"type":"complete","client":3,"id":9,"outcome":"fail","error":{"code":"abort","text":"x"}}"#,
  ]

  @Test func mutatedLinesAreReadOrRefused() {
    let seed = Seeds.fresh("mutated lines ")
    var chance = Chance(seed: seed)
    var refused = 0
    for round in 0..<Seeds.rounds(20_000) {
      var bytes = Array(Self.good[round % Self.good.count].utf8)
      for _ in 0...chance.next() % 3 {
        let at = Int(chance.next() % UInt64(bytes.count))
        switch chance.next() % 3 {
        case 0: bytes[at] = UInt8(truncatingIfNeeded: chance.next())
        case 1 where bytes.count > 1: bytes.remove(at: at)
        default:
          bytes.insert(
            contentsOf: Array(#"{"[]},:-9e"#.utf8.shuffled(using: &chance).prefix(2)), at: at)
        }
      }
      let line = String(decoding: bytes, as: UTF8.self)
      do throws(DriverGarbage) {
        if case .completed(_, _, .ok) = try DriverAnswer(reading: line) {
          #expect(line.contains("ok"), "seed \(seed), round \(round): \(line)")
        }
      } catch {
        refused += 1
        #expect(error.message.utf8.count < 300, "seed \(seed), round \(round)")
      }
    }
    #expect(refused > 0)
  }
}
