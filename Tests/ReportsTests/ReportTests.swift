import Basics
import Checking
import Foundation
import Histories
import Reports
import TestGround
import Testing

@Suite struct JUnitTests {
  @Test func aViolationIsAFailureAndAnUnknownIsAnError() {
    let junit = SampleRun.record().junit
    #expect(junit.contains("tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"0\""))
    #expect(junit.contains("<failure type=\"invariant\" message=\"2 acknowledged elements"))
    #expect(junit.contains("<error type=\"unknown\" message=\"too few operations"))
  }

  @Test func anExpectedViolationPassesAndItsAbsenceFails() {
    var record = SampleRun.record()
    for index in record.judgements.indices { record.judgements[index].isExpectedToFail = true }
    #expect(record.junit.contains("failures=\"1\" errors=\"1\""))
    #expect(record.junit.contains("expected to fail, but: back for good"))
  }

  @Test func trouble() {
    var record = SampleRun.record()
    record.trouble = "the stack never became ready"
    record.exit = .harness
    #expect(record.junit.contains("tests=\"1\" failures=\"0\" errors=\"1\""))
    record.exit = .capability
    #expect(record.junit.contains("errors=\"1\" skipped=\"0\""))
  }

  @Test func textIsEscapedSoThatTheDocumentParses() throws {
    var record = SampleRun.record()
    record.judgements[1].finding.summary = "a < b & \"c\" \u{1}"
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).xml")
    defer { try? FileManager.default.removeItem(at: path) }
    try record.junit.write(to: path, atomically: true, encoding: .utf8)
    #expect(record.junit.contains("a &lt; b &amp; &quot;c&quot; \\u{1}"))
  }
}

@Suite struct ResultTests {
  @Test func theResultHoldsVerdictFaultsAndEvidence() {
    let json = SampleRun.record().json
    #expect(json["verdict"] == "invalid")
    #expect(json["exitCode"] == 1)
    guard case .array(let faults)? = json["faults"], case .array(let found)? = json["invariants"]
    else {
      Issue.record("no faults or invariants")
      return
    }
    #expect(faults[0]["confirmed"] == 10012.0)
    #expect(faults[1]["confirmed"] == .null)
    #expect(faults[0]["state"] == "steady" && faults[0]["inCharge"] == ["lb-a"])
    #expect(faults[0]["targets"] == ["lb-a/proxy"])
    #expect(
      found[1]["evidence"] == [
        [
          "kind": "lost", "summary": "17 was acknowledged and is gone", "from": 3340.0,
          "until": 3345.468491, "operations": [17],
        ]
      ])
  }
}

@Suite struct EvidencePlaceTests {
  /// Evidence was found among the operations of one workload, and its times are those of these.
  @Test func theTimesOfEvidenceAreThoseOfItsOwnWorkload() {
    var builder = HistoryBuilder()
    let read = builder.function("read")
    for (place, name) in ["others", "orders", "others", "orders"].enumerated() {
      let start = SampleRun.moment(1000 * Int64(place))
      var event = Event(
        process: 0, kind: .invoke, function: read, value: .none, time: start)
      event.workload = builder.label(name)
      try! builder.append(event)
      event.time = start.advanced(by: .milliseconds(5))
      event.kind = .ok
      try! builder.append(event)
    }
    let history = builder.finish()
    var finding = Finding(
      checker: "linearizable", verdict: .invalid, summary: "no order", operations: 2)
    finding.evidence = [Evidence(kind: "stale", summary: "an old value", operations: [1])]
    let judgement = RunRecord.Judgement(
      name: "linearizable", workload: "orders", finding: finding, isExpectedToFail: false)
    let item = judgement.json(in: history)["evidence"]?.elements.first
    #expect(item?["from"] == 3000.0 && item?["until"] == 3005.0, "\(String(describing: item))")
  }
}

@Suite struct PredictedTests {
  @Test func theSummaryHasPredictedBesideMeasured() {
    let lines = SampleRun.record().summary(palette: .plain).split(separator: "\n")
    #expect(
      lines.filter { $0.hasPrefix("  fault 1: ") } == [
        "  fault 1: vip elsewhere than lb-a: predicted 241ms to 361ms, measured 263 to 275 ms: inside",
        "  fault 1: another leader than lb-a/proxy: predicted 241ms to 361ms, measured 1500 to 1900 ms: OUTSIDE",
        "  fault 1: down of lb-a/proxy changes: predicted at least 241ms, measured not seen in 7000 ms: not seen",
      ])
  }

  @Test func theResultHasThemForMachines() {
    guard case .array(let rows)? = SampleRun.record().json["predictions"] else {
      Issue.record("no predictions")
      return
    }
    #expect(
      rows[0] == [
        "fault": 1, "instance": "lb-a/proxy", "what": "vip elsewhere than lb-a", "least": 241.0,
        "most": 361.0, "source": "RFC <5798>, section 6.1", "measured": [263.0, 275.0],
        "standing": "inside", "stalled": 0.0,
      ])
    #expect(rows[1]["standing"] == "outside")
    #expect(rows[2]["measured"] == .null && rows[2]["most"] == .null)
    #expect(rows[2]["standing"] == "not-seen")
  }

  @Test func thePageHasATableOfThem() throws {
    let html = SampleRun.record().html
    let start = try #require(html.firstRange(of: "<h2>Predicted and measured</h2>"))
    let table = html[start.lowerBound...].prefix { $0 != "\u{0}" }
    for cell in [
      "vip elsewhere than lb-a", "241ms to 361ms", "263 to 275 ms", "RFC &lt;5798&gt;, section 6.1",
      "<span class=\"valid-text\">inside</span>", "<span class=\"invalid-text\">OUTSIDE</span>",
      "<span class=\"unknown-text\">not seen</span>",
    ] {
      #expect(table.contains(cell), "no \(cell)")
    }
    #expect(html.contains("predicted at most 1361ms: 361ms &lt;and&gt; 1s"))
    var none = SampleRun.record()
    none.predictions = []
    #expect(!none.html.contains("Predicted and measured"))
  }
}

@Suite struct SummaryTests {
  @Test func thePlainSummaryHasNoColours() {
    let summary = SampleRun.record().summary(palette: .plain)
    #expect(!summary.contains("\u{1b}"))
    #expect(summary.contains("INVALID  The load balancer dies"))
    #expect(summary.contains("✗ 2. delay 50ms between site a and site b → lb-a, web-a"))
    #expect(summary.contains("· 17 was acknowledged and is gone"))
  }
}

@Suite struct PageTests {
  @Test func theMarkupEscapesWhatUsersWrote() {
    let html = SampleRun.record().html
    #expect(html.contains("The load balancer dies &lt;&amp;&gt; &quot;comes back&quot;"))
    #expect(!html.contains("dies <&>"))
  }

  @Test func failoverIsBrokenIntoItsParts() {
    let html = SampleRun.record().html
    for part in ["0.4 ms", "900 ms", "1.9 s", "2 s", "2.1 s"] {
      #expect(html.contains("<b>\(part)</b>"), "\(part)")
    }
  }

  @Test func aLongRunStaysASmallPage() {
    #expect(SampleRun.record(operations: 100_000).html.utf8.count < 2_000_000)
  }

  @Test func thePageNeedsNoNetwork() {
    let html = SampleRun.record().html
    for word in ["src=", "href=", "@import", "url("] { #expect(!html.contains(word), "\(word)") }
  }

  @Test(.enabled(if: Browser.path != nil, "no Chromium on this machine"))
  func theTimelineIsDrawnInABrowserWithoutAnError() throws {
    let page = try Browser.open(SampleRun.record().html)
    #expect(page.document.contains("data-timeline=\"drawn\""))
    #expect(page.document.contains("<svg role=\"group\""))
    #expect(page.consoleErrors.isEmpty, "\(page.consoleErrors)")
  }
}
