import Foundation
import Glibc
import Testing

extension EndToEnd {
  /// `report`: what a stored run has to say, made again.
  @Suite struct RemadeReports {
    private func text(_ path: String) throws -> String {
      try String(contentsOfFile: path, encoding: .utf8)
    }

    /// The lines that are not those of a report by itself.
    private func withoutRemark(_ text: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).filter {
        !$0.contains("id=\"remade\"") && !$0.contains("\"madeAgain\"")
      }.joined(separator: "\n")
    }

    @Test func itSaysTheSameAndThatItWasMadeAgain() throws {
      let project = try SmallProject()
      let ended = try project.run("--quiet")
      #expect(ended.code == 0, "\(ended)")
      let names = ["report.html", "result.json", "junit.xml"]
      let first = try names.map { try text(project.newest + "/" + $0) }
      // Whatever stands in the place of a file is replaced; a link leads nowhere.
      try project.write("mine", to: "mine.txt")
      try FileManager.default.removeItem(atPath: project.newest + "/report.html")
      try FileManager.default.createSymbolicLink(
        atPath: project.newest + "/report.html",
        withDestinationPath: project.folder + "/mine.txt")
      let again = try project.faultline("report", project.newest)
      #expect(again.code == 0 && again.output.contains("VALID"), "\(again)")
      let second = try names.map { try text(project.newest + "/" + $0) }
      #expect(second.map(withoutRemark) == first.map(withoutRemark))
      #expect(second[0].contains("id=\"remade\">Made again by faultline "))
      #expect(!first[0].contains("id=\"remade\""))
      #expect(try text(project.folder + "/mine.txt") == "mine")
      try nothingBecomesGood(project)
    }

    private func nothingBecomesGood(_ project: SmallProject) throws {
      let result = project.newest + "/result.json"
      let stored = try text(result)
      for (code, trouble) in [(1, "null"), (6, "null"), (3, "\"the disk was full\"")] {
        try stored.replacing("\"exitCode\": 0", with: "\"exitCode\": \(code)")
          .replacing("\"trouble\": null", with: "\"trouble\": \(trouble)")
          .write(toFile: result, atomically: true, encoding: .utf8)
        let again = try project.faultline("report", project.newest, "--json")
        #expect(again.code == code, "\(again)")
        #expect(again.output.contains("The worse counts") == (code != 3), "\(again)")
        #expect(again.output.contains("the disk was full") == (code == 3), "\(again)")
      }
      // The same history without a result is that of a run that was killed.
      try FileManager.default.removeItem(atPath: result)
      let killed = try project.faultline("report", project.newest)
      #expect(killed.code == 3 && killed.output.contains("the run was killed"), "\(killed)")
      let html = try text(project.newest + "/report.html")
      #expect(html.contains("HARNESS ERROR") && html.contains("the run was killed"))
    }

    @Test func aRunThatWasKilledHasAReport() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 200ms, fault: pause, target: {node: web}, component: page, for: 60s}")
      )
      let program = try project.start()
      try program.await("pause page")
      program.send(SIGKILL)
      try program.finish()
      program.traces.expectGone()
      let run = project.newest
      #expect(!FileManager.default.fileExists(atPath: run + "/report.html"))
      let made = try project.faultline("report", run)
      #expect(made.code == 3 && made.output.contains("pause page"), "\(made)")
      #expect(try text(run + "/junit.xml").contains("the run was killed"))
      // Its pictures, too: the node is paused at the end.
      #expect(try text(run + "/report.html").contains("\"paused\""))
      let started = try text(run + "/result.json").split(separator: "\n")
        .first { $0.contains("\"started\"") }
      #expect(
        started?.contains("T") == true && started?.contains("Z\"") == true, "\(started ?? "")")
    }

    @Test func whatIsNoRunIsRefused() throws {
      let project = try SmallProject()
      for words in [
        ["report"], ["report", project.folder], ["report", "/nowhere"], ["report", "a", "b"],
      ] {
        let ended = try Program(
          Machine.faultline, words, in: project.folder, environment: project.environment
        ).finish()
        #expect(ended.code == 2 && ended.errors.contains("faultline: "), "\(words) \(ended)")
      }
    }
  }
}
