import Foundation
import Testing

extension EndToEnd {
  /// What somebody starts from: written by the program, and run as it stands.
  @Suite struct New {
    @Test func aComponentAStackAndAnExperimentRunAsTheyAreWritten() throws {
      let project = try SmallProject()
      let component = try project.faultline(
        "new", "component", "files", "--port", "8080", "--package", "python3", "--command",
        "/usr/bin/python3 -m http.server 8080")
      #expect(component.code == 0, "\(component)")
      let stack = try project.faultline("new", "stack", "pair", "--component", "files")
      #expect(stack.code == 0 && stack.output.contains("written: fixtures/stacks/pair.yaml"))
      let experiment = try project.faultline(
        "new", "experiment", "one-dies", "--stack", "pair", "--step",
        "kill files on files-b for 1s")
      #expect(experiment.code == 0, "\(experiment)")
      // Nothing is written over.
      let again = try project.faultline(
        "new", "experiment", "one-dies", "--stack", "pair", "--step", "kill files on files-b")
      #expect(again.code == 2 && again.errors.contains("is there already"), "\(again)")
      let run = try Program(
        Machine.faultline, ["run", "experiments/pair/one-dies.yaml"], in: project.folder,
        environment: project.environment
      ).finish()
      // The service is at the first site, so the second may die.
      #expect(run.code == 0, "\(run)")
    }

    @Test func anIncidentBecomesAnExperiment() throws {
      let project = try SmallProject()
      try project.write(
        """
        incident: The page went away
        stack: small
        names: {the server: web}
        timeline:
          - 23:59:58 the server crashed
          - 00:00:08 the server was back
          - 00:01 customers were angry
        """, to: "night.yaml")
      let made = try project.faultline(
        "new", "experiment", "night", "--from", "night.yaml", "--scale", "5")
      #expect(made.code == 0 && made.output.contains("not done: night.yaml:7:5"), "\(made)")
      let text = try String(
        contentsOfFile: project.folder + "/experiments/small/night.yaml", encoding: .utf8)
      #expect(text.contains("- {at: 2s, fault: kill, target: {node: web}, for: 2s}"), "\(text)")
      #expect(try project.faultline("plan", "experiments/small/night.yaml").code == 0)
    }

    @Test(arguments: [
      (["new", "stak", "x"], "did you mean 'stack'?"),
      (["new", "experiment", "x"], "Which stack: say --stack STACK"),
      (["new", "stack", "x"], "say --component NAME"),
      (["new", "stack", "x", "--component", "pgae"], "did you mean 'page'?"),
      (["new", "component", "a/b", "--command", "x"], "'a/b'"),
      (
        ["new", "experiment", "x", "--stack", "small", "--step", "kil page on web"],
        "did you mean 'kill'?"
      ),
      (["new", "experiment", "x", "--from", "none.yaml"], "none.yaml"),
    ])
    func whatIsMissingOrMistypedIsNamed(words: [String], sentence: String) throws {
      let project = try SmallProject()
      let ended = try Program(
        Machine.faultline, words, in: project.folder, environment: project.environment
      ).finish()
      #expect(ended.code == 2 && ended.errors.contains(sentence), "\(ended)")
    }
  }
}
