import Basics
import TestGround
import Testing

@testable import Histories

/// What is accepted although a strict reader would refuse it, and what is said of it then.
@Suite struct AcceptedFormsTests {
  /// The history of Elle's own introduction.
  static let elle = """
    [{:process 0, :type :ok, :value [[:append :x 1] [:r :y [1]]]}
     {:process 1, :type :ok, :value [[:append :x 2] [:append :y 1]]}
     {:process 2, :type :ok, :value [[:r :x [1 2]]]}]
    """

  @Test func completionsWithoutInvocationsHappenedAtOnce() throws {
    let history = try read(AcceptedFormsTests.elle, as: .jepsenEDN)
    #expect(
      lines(history) == [
        "0 txn [[:append :x 1] [:r :y [1]]] -> [[:append :x 1] [:r :y [1]]] ok",
        "1 txn [[:append :x 2] [:append :y 1]] -> [[:append :x 2] [:append :y 1]] ok",
        "2 txn [[:r :x [1 2]]] -> [[:r :x [1 2]]] ok",
      ])
    #expect(history.operations.map(\.invocationIndex) == [0, 2, 4])
    #expect(history.operations.map(\.completionIndex) == [1, 3, 5])
    #expect(history.notes.count == 1 && history.notes[0].contains("(3)"), "\(history.notes)")
  }

  @Test(arguments: [
    "{:process 0 :type :ok :f :read :value 1}\n{:process 0 :type :invoke :f :read}",
    "{:process 0 :type :invoke :f :read}\n{:process 1 :type :ok :f :read :value 1}",
  ])
  func someInvocationsWithoutOthersAreRefused(text: String) {
    let error = #expect(throws: FormatError.self) { try read(text, as: .jepsenEDN) }
    #expect(error?.line == 2)
  }

  @Test func whatNeedsNoNoteHasNone() throws {
    let text = JepsenEDNTests.events.joined(separator: "\n")
    #expect(try read(text, as: .jepsenEDN).notes.isEmpty)
  }

  @Test func whatIsConcludedIsNoted() throws {
    let keyed = "{:type :invoke :f :read :value [1 nil]}{:type :ok :f :read :value [1 2]}"
    let notes = try read(keyed, as: .jepsenEDN).notes
    #expect(notes.contains { $0.contains("no event names its process") })
    #expect(notes.contains { $0.contains("pair [key value]") })
  }

  @Test(arguments: [
    ("1.0", "1"), ("-3.0", "-3"), ("2.50e1", "25"), ("1e18", "1000000000000000000"),
    ("0.0", "0"), ("-0.0", "0"), ("9007199254740993.0", "9007199254740993"), ("1.5", "1.5"),
    ("1e-1", "0.1"), ("1e300", "1e+300"), ("9223372036854775807.0", "9223372036854775807"),
  ])
  func aWholeNumberIsTheIntegerHoweverItIsWritten(written: String, value: String) throws {
    let json = try read(
      #"[{"type":"invoke","f":"w","process":0,"value":[\#(written)]},"#
        + #"{"type":"ok","f":"w","process":0,"value":\#(written) }]"#, as: .jepsenJSON)
    #expect(lines(json) == ["0 w [\(value)] -> \(value) ok"])
    let edn = try read(
      "{:type :invoke :f :w :process 0 :value [\(written) \(written)M]}", as: .jepsenEDN)
    #expect(lines(edn) == ["0 w [\(value) \(value)] -> nil info"])
  }

  @Test func anObjectOfClojureIsAnErrorLikeAnyOther() throws {
    let history = try read(
      "{:type :invoke :f :read :process 0}"
        + "{:type :info :f :read :process 0 :error #object[java.lang.X 0x1f \"x\"]"
        + " :more [0xFFFFFFFFFFFFFFFFFF -0x10]}", as: .jepsenEDN)
    let error = history.values.describe(history.operations[0].error)
    #expect(error == "[:java.lang.X 31 \"x\"]")
  }

  @Test func setsUnderOtherNamesAreSets() throws {
    let text = """
      {:process 0 :type :invoke :f :write-set :value 1}
      {:process 1 :type :invoke :f :read-set-all}
      {:process 0 :type :ok :f :write-set :value 1}
      {:process 1 :type :ok :f :read-set-all :value {"n1" (1 2), "n2" :unreachable, "n3" [2 3]}}
      {:process 1 :type :invoke :f :read-set-all}
      {:process 1 :type :ok :f :read-set-all :value {"n1" :unreachable}}
      {:process 1 :type :invoke :f :read-set-all}
      {:process 1 :type :ok :f :read-set-all :value [1]}
      """
    let history = try read(text, as: .jepsenEDN)
    #expect(
      lines(history) == [
        "0 add 1 -> 1 ok", "1 read nil -> [1 2 3] ok", "1 read nil -> nil fail",
        "1 read nil -> [1] ok",
      ])
    #expect(history.notes == ["write-set is read as add", "read-set-all is read as read"])
  }

  @Test func ourOwnLinesKeepTheirNames() throws {
    let text = """
      {"faultline":"history","version":1}
      {"type":"invoke","process":0,"f":"write-set","value":1}
      """
    #expect(lines(try read(text, as: .jsonLines)) == ["0 write-set 1 -> nil info"])
  }

  /// What Windows writes.
  @Test(arguments: FuzzTests.seeds.indices)
  func linesMayEndAsOnWindows(index: Int) throws {
    let seed = FuzzTests.seeds[index]
    let text = seed.text.replacing("\n", with: "\r\n")
    #expect(lines(try read(text, as: seed.format)) == lines(try read(seed.text, as: seed.format)))
    #expect(HistoryFormat.recognise(prefix: Array(text.utf8)) == seed.format)
  }
}

@Suite struct PlumeTests {
  @Test func linesAreTransactionsOfTheirSessions() throws {
    let history = try read(
      "w(1,5,0,0)\nr(2,0,0,0)\n w( 2, 7, 3, 1 ) \n\nw(3,0,3,2)\nr(3,0,0,3)\nr(1,5,3,1)\n",
      as: .plume)
    #expect(
      lines(history) == [
        "0 txn [[:w 1 5] [:r 2 nil]] -> [[:w 1 5] [:r 2 nil]] ok",
        "0 txn [[:r 3 nil]] -> [[:r 3 0]] ok",
        "3 txn [[:w 2 7] [:r 1 nil]] -> [[:w 2 7] [:r 1 5]] ok",
        "3 txn [[:w 3 0]] -> [[:w 3 0]] ok",
      ])
    #expect(!history.hasTimes && !history.hasRealTimeOrder)
    #expect(history.notes.count == 1)
  }

  @Test func rolledBackAndInitialWritesAreKnown() throws {
    let history = try read(
      "w(1,0,-1,-1)\nw(1,9,0,-1)\nr(1,8,0,-1)\nr(18446744073709551615,0,0,4)", as: .plume)
    #expect(
      lines(history) == [
        "0 txn [[:w 1 9]] -> [[:w 1 9]] fail",
        "0 txn [[:r \"18446744073709551615\" nil]] -> [[:r \"18446744073709551615\" nil]] ok",
      ])
  }

  @Test(arguments: [
    ("r(1,2,3)", 1, "expected 'r("), ("w(1,2,3,4)\nx(1,2,3,4)", 2, "expected"),
    ("r(1,a,3,4)", 1, "whole number"), ("r(1,2,0,4)\nr(1,2,1,4)", 2, "is of session 1"),
    ("r(1,2,-2,4)", 1, "sessions are numbered"), ("w(1,2,-1,-1)", 1, "initial writes"),
    ("r(1,2,4294967296,4)", 1, "sessions are numbered"), ("r(", 1, "expected"),
  ])
  func whatBreaksTheRulesIsRefusedWithThePlace(text: String, line: Int, message: String) {
    let error = #expect(throws: FormatError.self) { try read(text, as: .plume) }
    #expect(error?.line == line)
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }
}

@Suite struct TextDecoderTests {
  private static func decode(_ bytes: [UInt8], by size: Int) throws -> [UInt8] {
    var decoder = TextDecoder()
    var output: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      output += try decoder.decode(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return try output + decoder.finish()
  }

  private static func utf16(_ text: String, isBig: Bool) -> [UInt8] {
    var bytes: [UInt8] = isBig ? [0xfe, 0xff] : [0xff, 0xfe]
    for unit in text.utf16 {
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xff))
      bytes += isBig ? [high, low] : [low, high]
    }
    return bytes
  }

  @Test func textIsTheSameInEveryEncodingAndInPiecesOfAnySize() throws {
    let seed = Seeds.fresh("decoder")
    var chance = Chance(seed: seed)
    for _ in 0..<300 {
      let text = (0..<chance.next() % 20).reduce(into: "") { text, _ in
        let bound: UInt64 = [0x80, 0x800, 0xd800, 0x11_0000][Int(chance.next() % 4)]
        text.unicodeScalars.append(UnicodeScalar(UInt32(chance.next() % bound)) ?? "x")
      }
      let plain = Array(text.utf8)
      // Without a mark of its own the text may begin with what looks like one.
      guard text.unicodeScalars.first != "\u{feff}" else { continue }
      for size in [1, 2, 3, 5, 1000] {
        #expect(try Self.decode(plain, by: size) == plain, "seed \(seed)")
        #expect(try Self.decode([0xef, 0xbb, 0xbf] + plain, by: size) == plain, "seed \(seed)")
        for isBig in [false, true] {
          let bytes = Self.utf16(text, isBig: isBig)
          // Two zeros behind a small mark are UTF-32's.
          guard !bytes.starts(with: [0xff, 0xfe, 0, 0]) else { continue }
          #expect(try Self.decode(bytes, by: size) == plain, "seed \(seed)")
        }
      }
    }
  }

  @Test func halfAPairIsReplacedAndHalfAUnitRefused() throws {
    let lone: [UInt8] = [0xfe, 0xff, 0xd8, 0x3d, 0, 0x61, 0xde, 0, 0xd8, 0x3d]
    for size in 1...lone.count {
      #expect(try Self.decode(lone, by: size) == Array("\u{fffd}a\u{fffd}\u{fffd}".utf8))
    }
    #expect(throws: FormatError.self) { try Self.decode([0xff, 0xfe, 0x61, 0, 0x62], by: 9) }
    #expect(throws: FormatError.self) { try Self.decode([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0], by: 9) }
    #expect(try Self.decode([], by: 1) == [])
  }
}
