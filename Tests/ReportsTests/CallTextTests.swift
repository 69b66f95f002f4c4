import Basics
import Checking
import Foundation
import Reports
import TestGround
import Testing

/// What a call says to people and to who gathers figures.
@Suite struct CallTextTests {
  @Test func theSummaryHasTheBadFirstAndEveryReason() {
    let page = SampleCall.call.markdown()
    #expect(page.hasPrefix("## faultline run: INTERRUPTED\n"))
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.contains(" s |") }
    #expect(rows.count == SampleCall.records.count + 2)
    #expect(rows[0].contains("INVALID") && rows.last?.contains("VALID") == true)
    #expect(page.contains("unknown key 'tagret'") && page.contains("not run: sample.09"))
    #expect(page.contains("2 acknowledged elements are gone"))
  }

  /// GitHub shows nothing of a summary above 1 MiB.
  @Test func theSummaryIsNeverLongerThanGitHubShows() throws {
    var call = SampleCall.empty
    var record = SampleRun.record(operations: 10)
    record.judgements = (0..<40).map { number in
      var judgement = SampleRun.judgements[1]
      judgement.name = "invariant-\(number)"
      judgement.finding.summary = String(repeating: "|é🙂*", count: 2000)
      return judgement
    }
    let outcome = RunOutcome(record)
    call.parts = (0..<200).map { _ in .run(outcome) }
    let page = call.markdown()
    #expect(page.utf8.count <= RunCall.mostSummaryBytes)
    #expect(page.utf8.count > RunCall.mostSummaryBytes / 2)
    #expect(page.contains("Not shown, for there is no room"))
    for limit in [0, 10, 511, 512, 600, 2000, 70_000] {
      #expect(call.markdown(atMost: limit).utf8.count <= limit)
    }
  }

  @Test func whatOthersWroteIsNoMarkup() {
    var record = SampleRun.record(operations: 10)
    record.trouble = "<img src=x> `a` | b\n# head [l](u) @you"
    record.exit = .harness
    record.command = "faultline run `x``y`"
    var call = SampleCall.empty
    call.parts = [.run(RunOutcome(record))]
    let page = call.markdown()
    #expect(page.contains("&lt;img src=x&gt; \\`a\\` \\| b &#35; head \\[l\\](u) &#64;you"))
    #expect(page.contains("``` faultline run `x``y` ```"))
  }

  /// Text that a reader of OpenMetrics takes: every sample under its own family, no two alike, and an end.
  private func parse(_ text: String) throws -> [(name: String, labels: String, value: Double)] {
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.last == "# EOF" && text.hasSuffix("\n"))
    var families: Set<String> = []
    var current = ""
    var samples: [(name: String, labels: String, value: Double)] = []
    for line in lines.dropLast() {
      if line.hasPrefix("# TYPE ") {
        let words = line.split(separator: " ")
        #expect(words.count == 4 && words[3] == "gauge")
        current = String(words[2])
        #expect(families.insert(current).inserted, "\(current) stands twice")
        continue
      }
      if line.hasPrefix("# HELP ") {
        #expect(line.hasPrefix("# HELP \(current) "))
        continue
      }
      let sample = try #require(
        try /^([a-z_]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*)\} (\S+)$/.wholeMatch(
          in: line),
        "\(line)")
      #expect(sample.1 == current)
      samples.append((String(sample.1), String(sample.2), try #require(Double(sample.3))))
    }
    #expect(Set(samples.map { $0.name + $0.labels }).count == samples.count)
    return samples
  }

  @Test func theFiguresAreReadAgain() throws {
    let samples = try parse(SampleRun.record().metrics)
    func value(_ name: String, _ label: String) -> Double? {
      samples.first { $0.name == name && (label.isEmpty || $0.labels.contains(label)) }?.value
    }
    #expect(value("faultline_run_exit_code", "") == 1)
    #expect(value("faultline_run_duration_seconds", "") == 28)
    #expect(value("faultline_run_operations", "outcome=\"ok\"") == 1100)
    #expect(value("faultline_invariant_holds", "invariant=\"failover-time\"") == 1)
    #expect(value("faultline_invariant_holds", "invariant=\"no-lost-writes\"") == 0)
    #expect(value("faultline_invariant_holds", "invariant=\"latency\"")?.isNaN == true)
    #expect(
      value("faultline_invariant_figure", "figure=\"faults.first-good\",fault=\"1\"") == 2004.5)
    #expect(try parse(SampleCall.call.metrics).count > samples.count)
    #expect(try parse(SampleCall.empty.metrics).isEmpty)
  }

  @Test(.enabled(if: Tool.promtool.isThere, "needs promtool (prometheus)"))
  func prometheusTakesTheFigures() throws {
    for text in [SampleRun.record().metrics, SampleCall.call.metrics] {
      let said = try Tool.promtool.run(["check", "metrics"], text)
      #expect(said.code == 0, "\(said.text)\n\(text)")
    }
  }

  @Test(arguments: ["zq correct horse", "zq\"quotes\" and \\", "zq<b>&c'd|e*f"])
  func noFileOfACallSaysASecret(secret: String) throws {
    var record = SampleRun.record(operations: 100)
    record.secrets = Secrets([secret])
    record.experiment.title = "title \(secret)"
    record.command = "faultline run x.yaml --set p=\(secret)"
    record.parameters = [.init(name: "p", text: secret)]
    record.set = [.init(name: "p", text: secret)]
    record.problems = [
      .init(place: FilePlace(file: "x.yaml", line: 1, column: 1), message: "not \(secret)")
    ]
    record.planned = ["steps": [.string("run \(secret)")]]
    record.notes = [secret]
    record.judgements[1].finding.summary = "lost \(secret)"
    record.judgements[1].finding.evidence = [
      Evidence(kind: "lost", summary: "gone: \(secret)", operations: [1])
    ]
    record.judgements[1].finding.figures = .object([.init("of \(secret)", .integer(1))])
    for trouble in [nil, "a server said \(secret)"] {
      record.trouble = trouble
      record.exit = trouble == nil ? .invalid : .harness
      var call = SampleCall.empty
      call.parts = [.run(RunOutcome(record))]
      let texts = [
        call.junit, call.json.text(), call.markdown(), call.metrics,
        call.annotations().joined(separator: "\n"), call.summary(palette: .plain),
        RunOutcome(record).line(palette: .plain), record.metrics,
      ]
      for text in texts { #expect(!text.contains("zq"), "\(text)") }
    }
  }

  /// Every run is in exactly one part, whatever the numbers; a part does not hang on other files.
  @Test func shardsPartitionTheRunsOfACall() {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<500 {
      let count = Int(chance.below(12)) + 1
      let files = (0..<Int(chance.below(12))).map { _ in
        (repeats: Int(chance.below(30)) + 1, areOne: chance.below(3) == 0)
      }
      let shards = (1...count).compactMap { RunShard(text: "\($0)/\(count)") }
      #expect(shards.count == count)
      for (place, file) in files.enumerated() {
        let parts = shards.map { $0.numbers(of: file.repeats, at: place, areOne: file.areOne) }
        #expect(parts.flatMap(\.self).sorted() == Array(1...file.repeats))
        if file.areOne { #expect(parts.count { !$0.isEmpty } == 1) }
      }
      // A file a shard where there are as many as that, each run once.
      let ones = shards.map { shard in files.indices.filter { shard.has(place: $0, number: 1) } }
      #expect((ones.map(\.count).max() ?? 0) - (ones.map(\.count).min() ?? 0) <= 1)
    }
  }

  @Test(arguments: [
    "", "/", "1", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "a/b", "1/ 4", "1/1001", "+1/4", "1.0/4",
  ])
  func whatIsNoShardIsRefused(text: String) {
    #expect(RunShard(text: text) == nil)
  }
}
