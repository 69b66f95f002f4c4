import Basics
import Checking
import Histories
import Reports
import Testing

/// Secrets that a service gives back where one does not look for them.
@Suite struct HiddenSecretTests {
  private static func record(_ secret: String, value: String) -> RunRecord {
    var builder = HistoryBuilder()
    let echo = builder.function("echo")
    var event = Event(
      process: 0, kind: .invoke, function: echo, value: builder.values.text(value))
    try! builder.append(event)
    event.kind = .fail
    event.error = builder.values.text("no: \(secret)")
    try! builder.append(event)
    var record = RunRecord(
      experiment: .init(name: "x", file: "x.yaml", title: "x", description: ""), stack: "x",
      seed: 1,
      command: "faultline run x.yaml", history: builder.finish())
    let finding = Finding(
      checker: "balanced", verdict: .invalid, summary: "s", operations: 1,
      figures: ["servers": .object([.init("it is \(secret)", .integer(1))])],
      evidence: [Evidence(kind: "k", summary: "e", operations: [0])])
    record.judgements = [
      .init(name: "balanced", workload: nil, finding: finding, isExpectedToFail: false)
    ]
    record.timings = [.init(step: secret, duration: .seconds(1))]
    record.secrets = Secrets([secret])
    return record
  }

  @Test(arguments: ["zq correct horse", "zq\"quotes\" and \\", "zq<b>&c'd"])
  func aSecretIsMaskedInNamesInQuotesAndAtTheEdgeOfACut(secret: String) {
    // Where a long value is cut, the secret's beginning would be left over.
    for filler in [0, 100, 110, 115] {
      let record = Self.record(secret, value: String(repeating: "x", count: filler) + secret)
      for text in [record.json.text(), record.html, record.junit, record.summary(palette: .plain)] {
        // Its beginning, in whatever way the rest is written.
        #expect(!text.contains("zq"), "\(text)")
      }
      #expect(record.json.text().contains("it is •••"))
      #expect(record.html.contains("•••"))
    }
  }
}
