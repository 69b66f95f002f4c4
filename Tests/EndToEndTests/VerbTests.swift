import Foundation
import Testing

extension EndToEnd {
  /// The verbs that start nothing.
  @Suite struct Verbs {
    private func json(_ text: String) throws -> Any {
      try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    @Test(arguments: ["version", "list", "doctor"]) func theyAnswerPeopleAndMachines(verb: String)
      throws
    {
      let text = try Program.faultline(verb)
      #expect(text.code == 0 && !text.output.isEmpty && text.errors.isEmpty, "\(text)")
      let document = try Program.faultline(verb, "--json")
      #expect(document.code == 0 && document.errors.isEmpty)
      _ = try json(document.output)
      #expect(document.output.split(separator: "\n").count == 1)
    }

    @Test func theListNamesWhatIsShippedAndTheVariantThatWouldBeUsed() throws {
      let list = try #require(
        try json(Program.faultline("list", "--json").output) as? [String: Any])
      let experiments = try #require(list["experiments"] as? [[String: Any]])
      #expect(experiments.count >= 10 && experiments.allSatisfy { $0["problem"] is NSNull })
      let components = try #require(list["components"] as? [[String: Any]])
      let usable = components.filter { $0["variant"] is String }
      #expect(usable.count >= 5)
      // What is not installed says so.
      #expect(components.allSatisfy { ($0["variant"] is String) != ($0["problem"] is String) })
    }

    @Test func aPlanFollowsFromTheSeed() throws {
      let file = "experiments/floating-address/01-load-balancer-dies.yaml"
      for more in [[], ["--json"]] {
        func plan(_ seed: String) throws -> Program.Ended {
          try Program(Machine.faultline, ["plan", file, "--seed", seed] + more).finish()
        }
        let first = try plan("5")
        #expect(first.code == 0 && first.errors.isEmpty, "\(first)")
        #expect(try plan("5").output == first.output)
        #expect(try plan("6").output != first.output)
        if !more.isEmpty { _ = try json(first.output) }
      }
    }

    /// The formulas follow what is set.
    @Test(.needsMachine) func predictionsFollowFromTheConfiguration() throws {
      func most(_ more: [String]) throws -> [Double] {
        let said = try Program(Machine.faultline, ["predict", "etcd", "--json"] + more).finish()
        #expect(said.code == 0, "\(said)")
        let rows = try #require(try json(said.output) as? [[String: Any]])
        #expect(rows.allSatisfy { $0["source"] is String && $0["least"] is Double })
        return rows.compactMap { $0["most"] as? Double }
      }
      let usual = try most([])
      #expect(usual.count == 3 && Set(usual).count == 1)
      #expect(try most(["--set", "election=2s"])[0] > usual[0])
      let none = try Program(Machine.faultline, ["predict"]).finish()
      #expect(none.code == 2 && none.errors.contains("'predict' takes one stack"), "\(none)")
    }

    @Test(arguments: [
      "run", "plan", "predict", "list", "check", "export", "doctor", "version",
    ])
    func everyVerbHasHelp(verb: String) throws {
      let help = try Program.faultline(verb, "--help")
      #expect(help.code == 0 && help.output.contains("Usage: faultline \(verb)"))
      #expect(try Program.faultline("help", verb).output == help.output)
    }

    @Test func unreadableHistoriesAreRefused() throws {
      let project = try SmallProject()
      try project.write("root:x:0:0\n", to: "foreign.txt")
      try project.write("SQLite format 3\0rubbish", to: "broken.sqlite")
      try project.write(
        "{:type :invoke, :process 0, :f :add, :value 1, :index 0, :time 1}\n{:type :ok, :proc",
        to: "truncated.edn")
      for file in ["foreign.txt", "broken.sqlite", "truncated.edn", "absent.edn", "."] {
        let ended = try project.faultline("check", file, "--checker", "set")
        #expect(ended.code == 2, "\(file): \(ended)")
        #expect(ended.errors.split(separator: "\n").count == 1 && ended.output.isEmpty)
      }
    }

    @Test func smallHistoriesAreJudged() throws {
      let project = try SmallProject()
      func history(_ read: String) -> String {
        """
        {:type :invoke, :process 0, :f :add, :value 1, :index 0, :time 1}
        {:type :ok, :process 0, :f :add, :value 1, :index 1, :time 2}
        {:type :invoke, :process 0, :f :read, :value nil, :index 2, :time 3}
        {:type :ok, :process 0, :f :read, :value \(read), :index 3, :time 4}

        """
      }
      try project.write(history("[1]"), to: "good.edn")
      try project.write(history("[]"), to: "bad.edn")
      for (file, code, verdict) in [("good.edn", Int32(0), "valid"), ("bad.edn", 1, "invalid")] {
        let ended = try project.faultline("check", file, "--checker", "set", "--json")
        #expect(ended.code == code, "\(ended)")
        let document = try #require(try json(ended.output) as? [String: Any])
        #expect(document["verdict"] as? String == verdict)
      }
    }
  }
}
