import Testing

@testable import Histories

@Suite struct RecognitionTests {
  @Test(arguments: [
    ("SQLite format 3\0", "", HistoryFormat.sqlite),
    ("; comment\n\n[{:process 0", "", .jepsenEDN), ("({:type", "", .jepsenEDN),
    ("#jepsen.history.Op{:index 0", "", .jepsenEDN),
    ("{:process 0, :type :invoke, :f :get, :key \"1\"}", "c01.txt", .porcupineKV),
    ("[\n {\"type\":", "", .jepsenJSON), ("{\"type\":\"invoke\"", "", .jepsenJSON),
    ("{\"faultline\": \"history\"", "x.json", .jsonLines),
    ("[[{\"events\"", "", .dbcop), ("{\"params\":{\"id\":0}", "", .dbcop),
    ("INFO  jepsen.util - 0\t:invoke\t:read\tnil", "", .jepsenLog),
    ("0\t:invoke\t:read\tnil", "", .historyText),
    ("r 0 1\n---", "", .awdit), ("=====\nw 1 2", "", .awdit),
    ("w(1,2,0,0)\r\nr(1,2,1,1)", "history.edn", .plume), ("r(1, 2, 0, -1)", "", .plume),
    ("[2016-01-01] INFO jepsen.util - 0\t:invoke\t:read\tnil", "x.edn", .jepsenLog),
    ("i 0 0 r 1", "x.json", .hist),
    ("# clients=10\ni 0 3 w 0 1", "", .hist), ("i 0 0 r 4;a 1 2", "", .histTransactions),
    ("i 0 0 a 1 1", "", .histTransactions), ("", "history.edn", .jepsenEDN),
  ])
  func formatsAreRecognised(prefix: String, name: String, format: HistoryFormat) {
    #expect(HistoryFormat.recognise(prefix: Array(prefix.utf8), fileName: name) == format)
  }

  @Test(arguments: ["", "hello\n", "\u{7f}ELF", "<html>"])
  func whatIsNoHistoryIsNotRecognised(prefix: String) {
    #expect(HistoryFormat.recognise(prefix: Array(prefix.utf8), fileName: "x.bin") == nil)
  }

  @Test func porcupineIsShortForItsKeyValueLines() {
    #expect(HistoryFormat(name: "porcupine") == .porcupineKV)
    #expect(HistoryFormat(name: "hist-txn") == .histTransactions)
    #expect(HistoryFormat(name: "xml") == nil)
  }
}

@Suite struct IndependentKeysTests {
  private func event(_ process: Int, _ type: String, _ f: String, _ value: String) -> String {
    "{:process \(process) :type :\(type) :f :\(f) :value \(value)}\n"
  }

  @Test func pairsWithAnsweredReadsAreKeyed() throws {
    let text =
      event(0, "invoke", "write", "[\"a\" 1]") + event(0, "ok", "write", "[\"a\" 1]")
      + event(0, "invoke", "read", "[\"a\" nil]") + event(0, "ok", "read", "[\"a\" 1]")
    #expect(
      lines(try read(text, as: .jepsenEDN)) == [
        "0 write @\"a\" 1 -> 1 ok", "0 read @\"a\" nil -> 1 ok",
      ])
    #expect(lines(try read(text, as: .jepsenEDN, independent: false))[1].contains("[\"a\" nil]"))
  }

  @Test func compareAndSetIsNotAKeyedHistory() throws {
    let text =
      event(0, "invoke", "cas", "[1 2]") + event(0, "fail", "cas", "[1 2]")
      + event(0, "invoke", "read", "nil") + event(0, "ok", "read", "1")
    #expect(lines(try read(text, as: .jepsenEDN))[0] == "0 cas [1 2] -> [1 2] fail")
  }

  @Test func withoutAReadNothingIsConcluded() throws {
    let text = event(0, "invoke", "add", "[1 2]") + event(0, "ok", "add", "[1 2]")
    #expect(lines(try read(text, as: .jepsenEDN)) == ["0 add [1 2] -> [1 2] ok"])
    #expect(lines(try read(text, as: .jepsenEDN, independent: true)) == ["0 add @1 2 -> 2 ok"])
  }

  @Test func transactionsOfTwoOperationsAreNotKeyed() throws {
    let text =
      event(0, "invoke", "txn", "[[:r 1 nil] [:r 2 nil]]")
      + event(0, "ok", "txn", "[[:r 1 3] [:r 2 nil]]")
    #expect(lines(try read(text, as: .jepsenEDN))[0].contains("[[:r 1 nil] [:r 2 nil]]"))
  }

  @Test func anAnswerUnderAnotherKeyShowsThatItIsNone() throws {
    let text =
      event(0, "invoke", "read", "[1 nil]") + event(0, "ok", "read", "[1 2]")
      + event(0, "invoke", "move", "[1 2]") + event(0, "ok", "move", "[2 1]")
    #expect(!lines(try read(text, as: .jepsenEDN)).contains { $0.contains("@") })
  }
}
