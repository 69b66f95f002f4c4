import Foundation
import Testing

extension EndToEnd {
  /// What names mean to those who use them.
  @Suite struct Names {
    /// No name server is within reach: only the node's own `/etc/hosts` knows `web`.
    @Test func aWorkloadMayUseTheNamesOfItsNode() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          invariants: "availability: {workload: pages, at-least: 90%, during: steady}"))
      let named = SmallProject.stack.replacing(
        "http://10.78.0.1:8080/", with: "http://web:8080/")
      #expect(named.contains("http://web:8080/"))
      try project.write(named, to: "fixtures/stacks/small.yaml")
      let ended = try project.run()
      #expect(ended.code == 0, "\(ended)")
      #expect(try project.result().invariant("availability")?.verdict == "valid")
    }
  }
}
