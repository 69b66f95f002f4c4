import Basics
import Testing

@testable import Histories

@Suite struct ForeignFormatTests {
  @Test func elleCLIArraysAndLinesAreRead() throws {
    let events = [
      #"{"type":"invoke","f":"txn","process":0,"value":[["r",1,null]],"time":5,"index":0}"#,
      #"{"type":"ok","f":"txn","process":0,"value":[["r",1,[2,3]]],"time":6,"stack":{"a":[1]}}"#,
    ]
    for text in ["[" + events.joined(separator: ",\n") + "]", events.joined(separator: "\n")] {
      let history = try read(text, as: .jepsenJSON)
      #expect(lines(history) == ["0 txn [[:r 1 nil]] -> [[:r 1 [2 3]]] ok"])
    }
  }

  @Test func numericKeysOfObjectsAreNumbers() throws {
    let history = try read(
      #"[{"type":"invoke","f":"read","process":0},"#
        + #"{"type":"ok","f":"read","process":0,"value":{"0":100,"a\u0041\n":-7.5,"007":true}}]"#,
      as: .jepsenJSON)
    #expect(lines(history) == ["0 read nil -> {0 100 \"aA\n\" -7.5 \"007\" true} ok"])
  }

  @Test func integersBeyond64BitsKeepTheirDigits() throws {
    let history = try read(
      #"[{"type":"invoke","f":"id","process":0,"value":18446744073709551615},"#
        + #"{"type":"ok","f":"id","process":0,"value":9223372036854775807}]"#, as: .jepsenJSON)
    #expect(lines(history) == ["0 id \"18446744073709551615\" -> 9223372036854775807 ok"])
  }

  @Test func noiseInALogIsSkippedAndTimeoutsCarryNoInformation() throws {
    let history = try read(
      """
      Setting up\tthe\ttest
      INFO  jepsen.core - Worker 3 starting
      INFO  jepsen.util - 3\t:invoke\t:read\tnil
      WARN  jepsen.core - Process 3 indeterminate
      java.net.SocketTimeoutException: Read timed out
      \tat jepsen.util$timeout.invoke(util.clj:9) jepsen.util - done
      2016-01-01 10:00:00,123{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 4\t:invoke\t:cas\t[1 2]
      INFO  jepsen.util - 3\t:fail\t:read\t:timed-out
      INFO  jepsen.util - :nemesis\t:info\t:start\tnil
      INFO  jepsen.util - :nemesis\t:info\t:start\t"Cut off {:n1 #{:n2}}"
      INFO  jepsen.util - :nemesis\t:info\t:stop\tfully [connected
      INFO  jepsen.util - 4\t:info\t:cas\t:timed-out

      """, as: .jepsenLog)
    #expect(lines(history) == ["3 read nil -> nil fail", "4 cas [1 2] -> nil info"])
    #expect(history.values.text(history.operations[1].error) == "timed-out")
    #expect(history.faults.map(\.name) == ["start"])
  }

  @Test func historyTextIsReadWithItsErrors() throws {
    let history = try read(
      "0 \t:invoke\t:write\t3\n1\t:invoke\t:read\tnil\n0\t:info\t:write\t3\t{:via [:a]}\n"
        + "1\t:ok\t:read\t3\n:nemesis\t:info\t:kill\t[\"n1\"]\n", as: .historyText)
    #expect(lines(history) == ["0 write 3 -> 3 info", "1 read nil -> 3 ok"])
    #expect(history.values.describe(history.operations[0].error) == "{:via [:a]}")
  }

  @Test func porcupineLinesHaveKeys() throws {
    let text = """
      {:process 0, :type :invoke, :f :append, :key "0", :value "x 0 0 y"}
      {:process 1, :type :invoke, :f :get, :key "0", :value nil}
      {:process 1, :type :ok, :f :get, :key "0", :value ""}
      {:process 0, :type :ok, :f :append, :key "0", :value "x 0 0 y"}
      """
    let expected = [
      "0 append @\"0\" \"x 0 0 y\" -> \"x 0 0 y\" ok", "1 get @\"0\" nil -> \"\" ok",
    ]
    #expect(lines(try read(text, as: .porcupineKV)) == expected)
    #expect(!lines(try read(text, as: .jepsenEDN)).contains { $0.contains("@") })
  }

  @Test func awditSessionsBecomeProcessesWithoutAnOrderBetweenThem() throws {
    let history = try read("w 0 0\nw 1 1\n---\nr 1 5\n=====\n\nr 0 0", as: .awdit)
    #expect(
      lines(history) == [
        "0 txn [[:w 0 0] [:w 1 1]] -> [[:w 0 0] [:w 1 1]] ok",
        "0 txn [[:r 1 nil]] -> [[:r 1 5]] ok", "1 txn [[:r 0 nil]] -> [[:r 0 0]] ok",
      ])
    #expect(!history.hasTimes && !history.hasRealTimeOrder)
  }

  @Test(arguments: [
    #"[[{"events":[{"Write":{"variable":0,"version":1}},{"Read":{"variable":2,"version":null}}],"#
      + #""committed":true}],[],[{"events":[{"Write":{"variable":3,"version":1}}],"committed":false}]]"#,
    #"{"params":{"id":0},"info":"x","data":[[{"success":true,"events":[{"write":true,"variable":0,"#
      + #""value":1,"success":true},{"write":false,"variable":2,"value":null,"success":true},"#
      + #"{"write":true,"variable":9,"value":9,"success":false}]}],[],[{"events":[{"Write":"#
      + #"{"variable":3,"version":1}}],"committed":false}]],"end":"y"}"#,
  ])
  func dbcopSessionsAreReadInBothForms(text: String) throws {
    #expect(
      lines(try read(text, as: .dbcop)) == [
        "0 txn [[:w 0 1] [:r 2 nil]] -> [[:w 0 1] [:r 2 nil]] ok",
        "2 txn [[:w 3 1]] -> [[:w 3 1]] fail",
      ])
  }

  @Test func theGeneratorsHistoriesAreRead() throws {
    let history = try read(
      "# clients=2\ni 0 0 w 4 7\ni 1 1 r 4\no 1 nil\ni 2 1 c 4 7 8\nu 0\nf 2\ni 3 5 r 4\no 3 8\n",
      as: .hist)
    #expect(
      lines(history) == [
        "0 write @4 7 -> 7 info", "1 read @4 nil -> nil ok", "1 cas @4 [7 8] -> [7 8] fail",
        "5 read @4 nil -> 8 ok",
      ])
    let transactions = try read(
      "i 0 0 a 1 1;r 2\ni 1 1 r 1\no 0 a 1 1;r 2 []\no 1 r 1 [1,2]\ni 2 1 r 3\nu 2",
      as: .histTransactions)
    #expect(
      lines(transactions) == [
        "0 txn [[:append 1 1] [:r 2 nil]] -> [[:append 1 1] [:r 2 []]] ok",
        "1 txn [[:r 1 nil]] -> [[:r 1 [1 2]]] ok", "1 txn [[:r 3 nil]] -> [[:r 3 nil]] info",
      ])
  }

  static let invocation = #"{"type":"invoke","f":"read","process":0}"#

  @Test(arguments: [
    (HistoryFormat.jepsenJSON, "[\(invocation)", 1, "before the history's array is closed"),
    (.jepsenJSON, "[\(invocation),]", 1, "expected an event"),
    (.jepsenJSON, "[\(invocation)\n\(invocation)]", 2, "expected an event"),
    (.jepsenJSON, "[\(invocation),\n\n\(invocation)]", 3, "in flight"),
    (.jepsenJSON, "[\(invocation),\n{\"type\":\"ok\",\"process\":1,\"f\":\"x\"}]", 2, "never"),
    (.jepsenJSON, "[{\"type\":\"invoke\",\"f\":\"x\",\"process\":0,\"value\":[1,]}]", 1, "value"),
    (.jepsenLog, "noise\njepsen.util - 0\t:invoke\t:re", 2, "ends inside an event"),
    (
      .jepsenLog, "jepsen.util - 0\t:invoke\t:read\tnil\njepsen.util - 1\t:ok\t:read\t2\n", 2,
      "never"
    ),
    (.jepsenLog, "jepsen.util - 0\t:invoke\t:cas\t[1 2\n", 1, "ends inside"),
    (.historyText, "0\t:invoke\t:read\tnil\n0\t:invoke\t:read\tnil\n", 2, "in flight"),
    (.historyText, "0\t:invoke\t:read\tnil\n0\t:o", 2, "ends inside"),
    (.porcupineKV, "{:process 0 :type :invoke :f :get :key \"1", 1, "inside a text"),
    (.awdit, "r 0 0\nw 1", 2, "expected 'r key value'"),
    (.awdit, "r 0 x", 1, "must be a whole number"),
    (.dbcop, "[[{\"events\":[],\"committed\":true}]", 1, "before the last session"),
    (.dbcop, "[[\n{\"events\":[{\"Read\":{}}],\"committed\":true}]]", 2, "must be a Read or Write"),
    (.dbcop, "[[{\"events\":[]}]]", 1, "'committed'"),
    (.hist, "i 0 0 r 0\ni 1 0 r 0", 2, "in flight"),
    (.hist, "i 0 0 r 0\n\no 7 1", 3, "never invoked"),
    (.hist, "i 0 0 w 0", 1, "expected 'r key'"),
    (.histTransactions, "i 0 0 a 1 1\no 0", 2, "ends before"),
    (.histTransactions, "i 0 0 a 1 1\no 0 r 1 [1,2", 2, "between [ and ]"),
    (.jsonLines, #"{"type":"invoke","f":"r","process":0}"#, 1, "header"),
    (.jsonLines, "", 1, "header"),
    (.jsonLines, #"{"faultline":"history","version":9}"#, 1, "does not know"),
    (.sqlite, "", 1, "is a database"),
  ])
  func whatBreaksTheRulesIsRefusedWithThePlace(
    format: HistoryFormat, text: String, line: Int, message: String
  ) {
    let error = #expect(throws: FormatError.self) { try read(text, as: format) }
    #expect(error?.line == line)
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }
}
