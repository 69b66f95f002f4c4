import Foundation
import TestGround
import Testing

extension EndToEnd {
  /// Every other experiment that is not tagged `long`, run once; with FAULTLINE_EXPERIMENTS=all, those too.
  ///
  /// One whose server is missing is skipped, and names the package.
  @Suite struct FurtherExperiments {
    static let files: [String] = {
      let all = ProcessInfo.processInfo.environment["FAULTLINE_EXPERIMENTS"] == "all"
      return ShippedExperiments.files.filter {
        !$0.hasPrefix("experiments/floating-address/") && (all || !ShippedExperiments.isLong($0))
      }
    }()

    @Test(arguments: files) func itKeepsItsPromise(file: String) throws {
      let reports = FileManager.default.temporaryDirectory
        .appending(path: "e2e-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: reports) }
      let ended = try Program.faultline("run", file, "--seed", "11", "--reports", reports)
      if ended.code == 7 { try Test.cancel("\(file): \(ended.errors)") }
      #expect(ended.code == 0, "\(ended)")
      // A run is filed by its stack, then by its experiment.
      let stacks = try FileManager.default.contentsOfDirectory(atPath: reports)
        .filter { !$0.hasPrefix(".") }
      let name = (file as NSString).lastPathComponent.dropLast(5)
      let places = stacks.map { "\(reports)/\($0)/\(name)/latest" }
      let folder = try #require(places.first { FileManager.default.fileExists(atPath: $0) })
      let result = try RunResult.read(folder)
      #expect(result.verdict == "valid" && result.trouble == nil && result.operations.ok > 200)
      #expect(result.invariant("method") == nil, "a step was not carried out: \(ended)")
      for invariant in result.invariants where invariant.verdict == "invalid" {
        #expect(invariant.expectedToFail && !invariant.evidence.isEmpty, "\(invariant.name)")
      }
      // Whoever loses writes loses many, each named once.
      if let lost = result.invariant("no-lost-writes"), lost.verdict == "invalid" {
        let values = try #require(lost.figures.lost)
        #expect(values.count > 20 && Set(values).count == values.count)
      }
      // What is stored is judged alike.
      let again = try Program.faultline("check", folder)
      #expect(again.code == 0, "\(again)")
    }
  }
}
