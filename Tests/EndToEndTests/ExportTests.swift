import Foundation
import Testing

extension EndToEnd {
  /// Histories written for other tools.
  @Suite struct Export {
    private static let history = """
      {"faultline":"history","version":1,"times":true,"order":true}
      {"type":"invoke","process":0,"f":"add","value":1,"workload":"orders","time":1}
      {"type":"ok","process":0,"f":"add","value":1,"workload":"orders","time":2}
      {"type":"invoke","process":1,"f":"generate","workload":"ids","time":3}
      {"type":"ok","process":1,"f":"generate","value":7,"workload":"ids","time":4}

      """

    @Test func oneWorkloadIsWrittenAlone() throws {
      let project = try SmallProject()
      try project.write(Self.history, to: "h.jsonl")
      func export(_ more: String...) throws -> Program.Ended {
        try Program(
          Machine.faultline, ["export", "h.jsonl", "--format", "jsonl"] + more, in: project.folder
        ).finish()
      }
      let all = try export()
      #expect(all.output.contains("\"orders\"") && all.output.contains("\"ids\""), "\(all)")
      let one = try export("--workload", "ids")
      #expect(one.code == 0 && one.output.contains("generate"), "\(one)")
      #expect(!one.output.contains("orders") && !one.output.contains("\"add\""), "\(one)")
      let wrong = try export("--workload", "order")
      #expect(wrong.code == 2 && wrong.output.isEmpty, "\(wrong)")
      #expect(wrong.errors.contains("did you mean 'orders'?"), "\(wrong)")
      let foreign = try export("--workload", "zzzzzzzz")
      #expect(foreign.code == 2 && foreign.errors.contains("it has ids, orders"), "\(foreign)")
    }

    @Test func whatMayBeWrittenIsExplained() throws {
      let project = try SmallProject()
      let wrong = try project.faultline("explain", "kil")
      #expect(wrong.code == 2 && wrong.errors.contains("did you mean 'kill'?"), "\(wrong)")
      let pages = try project.faultline("explain", "set", "--json")
      let document = try JSONSerialization.jsonObject(with: Data(pages.output.utf8))
      let kinds = (document as? [[String: Any]])?.compactMap { $0["kind"] as? String }
      #expect(kinds == ["invariant", "workload"])
      let schema = try project.faultline("schema", "stack")
      #expect(try JSONSerialization.jsonObject(with: Data(schema.output.utf8)) is [String: Any])
      #expect(try project.faultline("schema", "stak").errors.contains("did you mean 'stack'?"))
      let many = try SmallProject(
        experiment: SmallProject.experiment(invariants: "zzzzzzzzzzzz: {workload: pages}"))
      let unknown = try many.run()
      #expect(unknown.code == 2 && unknown.errors.contains("known are"), "\(unknown)")
      #expect(unknown.errors.contains("faultline explain tells"), "\(unknown)")
      #expect(unknown.errors.count < 400, "\(unknown)")
    }
  }
}
