import Basics
import TestGround
import Testing

@testable import Histories

/// Random mutations of small histories: every reader answers with a history or with an error
/// that names a line; and how the bytes were cut into pieces makes no difference.
@Suite struct FuzzTests {
  static let inputsPerFormat = Seeds.rounds(10_500)

  static let seeds: [(format: HistoryFormat, text: String)] = [
    (
      .jepsenEDN,
      "[#jepsen.history.Op{:process 0, :type :invoke, :f :cas, :value [1 -2.5e3 \"a\\u0041\"]}\n"
        + "; c\n{:process :nemesis :type :info :f :start :value {\"n1\" #{:n2}}} #_ (1) "
        + "{:process 0 :type :ok :f :cas :value #x \\a :error ^{:m 1} ##NaN :time 12}]"
    ),
    (
      .porcupineKV,
      "{:process 0, :type :invoke, :f :put, :key \"1\", :value \"x\"}\n"
        + "{:process 0, :type :ok, :f :put, :key \"1\", :value \"x\"}\n"
    ),
    (
      .jepsenJSON,
      "[{\"type\":\"invoke\",\"f\":\"txn\",\"process\":0,\"value\":[[\"r\",1,null]],\"time\":1},\n"
        + "{\"type\":\"ok\",\"f\":\"txn\",\"process\":0,\"value\":[[\"r\",1,[1e3,{\"0\":-7}]]],"
        + "\"error\":\"\\ud83d\\ude00\"}]"
    ),
    (
      .jepsenLog,
      "noise\nINFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.util - :nemesis\t:info\t"
        + ":start\tnil\nINFO  jepsen.util - 0\t:fail\t:read\t:timed-out\n"
    ),
    (.historyText, "0\t:invoke\t:write\t[1 2]\n0\t:info\t:write\t[1 2]\t{:a 1}\n"),
    (.awdit, "w 0 1\nr 1 0\n---\nr 0 1\n=====\nw 1 2\n---\nr 0 0\n"),
    (
      .dbcop,
      "{\"params\":{\"id\":0},\"data\":[[{\"events\":[{\"Write\":{\"variable\":0,\"version\":1}},"
        + "{\"Read\":{\"variable\":1,\"version\":null}}],\"committed\":true}],[]]}"
    ),
    (.plume, "w(0,1,0,0)\nr(1,0,0,0)\nr(0,1,1,1)\nw(1,2,0,-1)\nr(1,0,1,1)\n"),
    (
      .jepsenEDN,
      "[{:type :ok :process 0 :value [[:append :x 1] [:r :y [1.0 0x1f]]]}\n"
        + "{:type :ok :f :read-set-all :process 1 :value {:a [1e2] :b :unreachable}}]"
    ),
    (.hist, "# c\ni 0 0 w 1 5\ni 1 1 r 1\no 1 5\nu 0\ni 2 1 c 1 5 6\nf 2\n"),
    (.histTransactions, "i 0 0 a 1 1;r 2\ni 1 1 r 1\no 0 a 1 1;r 2 []\no 1 r 1 [1,2]\n"),
    (
      .jsonLines,
      "{\"faultline\":\"history\",\"version\":1}\n"
        + "{\"type\":\"invoke\",\"process\":0,\"f\":\"w\",\"value\":{\"~pairs\":[1,\":a\"]},"
        + "\"time\":5}\n{\"fault\":1,\"name\":\"k\",\"summary\":\"\",\"targets\":[],"
        + "\"injected\":2,\"confirmation\":\"\"}\n{\"type\":\"ok\",\"process\":0,\"f\":\"w\"}\n"
    ),
  ]

  static let words = [
    "[", "]", "{", "}", "(", ")", "\"", "\\", "\n", "\t", ",", ":", "#", "#{", "^", "nil", "null",
    ":type", "\"type\":", ":ok", "99999999999999999999", "-", "1e999", "\\ud800", "\u{0}", ";",
    "i 3 3 r 3\n", "---\n", "r(1,0,0,-1)\n", "jepsen.util - ", "[[[[[[[[", "{:a ", "##Inf", "1/2",
    "0x", "é",
  ].map { Array($0.utf8) }

  @Test(arguments: seeds.indices) func readersSurviveMutation(index: Int) throws {
    let seed = FuzzTests.seeds[index]
    // The usual number of inputs is the same every time; a longer search is a new one.
    let start =
      FuzzTests.inputsPerFormat == 10_500
      ? UInt64(20_261_120 + index) : Seeds.fresh("\(seed.format.rawValue) ")
    var chance = Chance(seed: start)
    var accepted = 0
    for round in 0..<FuzzTests.inputsPerFormat {
      let input = FuzzTests.mutate(Array(seed.text.utf8), &chance)
      let whole = FuzzTests.outcome(input, seed.format, pieceBytes: .max)
      _ = HistoryFormat.recognise(prefix: input, fileName: "x")
      if round % 4 == 0 {
        let size = 1 + Int(chance.next() % 40)
        let pieces = FuzzTests.outcome(input, seed.format, pieceBytes: size)
        let text = String(decoding: input, as: UTF8.self)
        #expect(whole == pieces, "seed \(start), round \(round), pieces of \(size): \(text)")
      }
      if whole.hasPrefix("history") { accepted += 1 }
    }
    print(
      "fuzz \(seed.format.rawValue), seed \(start): \(accepted) of "
        + "\(FuzzTests.inputsPerFormat) mutations are histories")
    #expect(accepted > 0 && accepted < FuzzTests.inputsPerFormat)
  }

  private static func outcome(
    _ input: [UInt8], _ format: HistoryFormat, pieceBytes: Int
  ) -> String {
    do throws(FormatError) {
      var reader = try HistoryReader(format)
      var position = 0
      while position < input.count {
        let end = pieceBytes < input.count - position ? position + pieceBytes : input.count
        try reader.feed(Array(input[position..<end]))
        position = end
      }
      let history = try reader.finish()
      return "history \(history.faults.count) " + lines(history).joined(separator: "\n")
    } catch {
      let lineCount = input.count { $0 == UInt8(ascii: "\n") } + 1
      #expect(error.line >= 1 && error.line <= lineCount)
      return error.description
    }
  }

  private static func mutate(_ seed: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var input = seed
    for _ in 0...chance.next() % 3 {
      let at = Int(chance.next() % UInt64(input.count + 1))
      let length = min(Int(chance.next() % 12), input.count - at)
      switch chance.next() % 6 {
      case 0 where at < input.count: input[at] = UInt8(truncatingIfNeeded: chance.next())
      case 1: input.removeSubrange(at..<at + length)
      case 2: input.insert(contentsOf: Array(input[at..<at + length]), at: at)
      case 3: input.insert(contentsOf: words[Int(chance.next() % UInt64(words.count))], at: at)
      case 4: input.removeSubrange(at...)
      default:
        if let line = input.split(separator: 10).randomElement(using: &chance) {
          input += line + [10]
        }
      }
      if input.isEmpty { return seed }
    }
    return input
  }
}
