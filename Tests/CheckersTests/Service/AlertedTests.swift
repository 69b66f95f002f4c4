import Basics
import Checking
import Histories
import Testing

@testable import Checkers

/// Half a minute with one fault from 10 to 15 s, looked at every half second.
@Suite struct AlertedTests {
  private struct Firing {
    var name = "Down"
    var site = "a"
    let from: Double
    let to: Double
  }

  private func sketch(
    _ firing: [Firing], faults: [(Double, Double?)] = [(10, 15)], deaf: ClosedRange<Double>? = nil
  ) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.see(.phase, "steady", at: 0)
    for fault in faults {
      sketch.fault("kill", at: fault.0 * 1000, healed: fault.1.map { $0 * 1000 }, targets: ["db"])
    }
    for half in 0..<60 {
      let time = Double(half) / 2
      if deaf?.contains(time) == true {
        sketch.see(.alertsSilent, "watcher", "m", "refused", from: "alert-query", at: time * 1000)
        continue
      }
      let now = firing.filter { $0.from <= time && time < $0.to }.map { one in
        Alert(one.name, labels: [.init("site", one.site)]).json
      }
      sketch.see(
        .alerts, "watcher", "m", JSON.array(now).text(), from: "alert-query", at: time * 1000)
    }
    sketch.see(.phase, "final", at: 30_000)
    return sketch
  }

  private let bounds = ["alert": "Down", "within": "3s", "resolved": "3s"]

  private func judged(
    _ sketch: HistorySketch, _ more: [String: String] = [:]
  ) throws -> Finding {
    try finding("alerted", sketch.history(), bounds.merging(more) { _, new in new })
  }

  @Test func whatIsNoticedAndForgottenInTimeIsAccepted() throws {
    let found = try judged(sketch([.init(from: 12, to: 16)]))
    #expect(found.verdict == .valid, "\(found.summary)")
    #expect(found.summary.contains("2000 ms after fault 1"), "\(found.summary)")
    #expect(found.summary.contains("1000 ms after its heal"), "\(found.summary)")
  }

  @Test(arguments: [
    (Firing(name: "Other", from: 12, to: 16), "missing"),
    (Firing(from: 14, to: 16), "late"), (Firing(from: 12, to: 20), "not resolved"),
    (Firing(from: 12, to: 99), "not resolved"), (Firing(from: 20, to: 21), "missing"),
  ])
  private func whatIsNotIsAViolation(firing: Firing, kind: String) throws {
    let found = try judged(sketch([firing]))
    #expect(found.verdict == .invalid, "\(found.summary)")
    #expect(found.kinds == [kind], "\(found.summary)")
  }

  @Test func aLabelOfAnotherSiteDoesNotCount() throws {
    let firing = [Firing(site: "b", from: 12, to: 16)]
    #expect(try judged(sketch(firing), ["labels": "site=b"]).verdict == .valid)
    #expect(try judged(sketch(firing), ["labels": "site=a"]).kinds == ["missing"])
  }

  /// What nobody could hear is neither there nor missing.
  @Test(arguments: [
    (9.0...29.5, [Firing]()), (9.0...17.0, []), (9...14, [.init(from: 11, to: 16)]),
    (16...29.5, [.init(from: 11, to: 99)]),
  ])
  private func whoCouldNotBeAskedIsUnknown(deaf: ClosedRange<Double>, firing: [Firing]) throws {
    let found = try judged(sketch(firing, deaf: deaf))
    #expect(found.verdict == .unknown, "\(found.summary)")
    #expect(!found.summary.isEmpty)
  }

  @Test func whatFiredBeforeSaysNothing() throws {
    #expect(try judged(sketch([.init(from: 8, to: 16)])).verdict == .unknown)
  }

  @Test func whatAnotherFaultKeepsFiringIsUnknown() throws {
    let sketch = sketch([.init(from: 12, to: 25)], faults: [(10, 15), (16, 24)])
    let found = try judged(sketch, ["fault": "1"])
    #expect(found.verdict == .unknown, "\(found.summary)")
    #expect(found.summary.contains("fault 2"))
  }

  @Test func aFaultThatIsNotHealedNeedNotBeForgotten() throws {
    let found = try judged(sketch([.init(from: 12, to: 99)], faults: [(10, nil)]))
    #expect(found.verdict == .valid, "\(found.summary)")
  }

  @Test func aRunThatEndsTooSoonIsUnknown() throws {
    #expect(try judged(sketch([], faults: [(29, nil)])).verdict == .unknown)
  }

  @Test func aMachineThatStoodStillIsUnknown() throws {
    var sketch = sketch([.init(from: 14, to: 16)])
    sketch.see(.stall, "nemesis", "", "1500000000", from: "harness", at: 12_500)
    #expect(try judged(sketch).verdict == .unknown)
  }

  @Test func withoutAFaultNothingCanBeNoticed() throws {
    #expect(try judged(sketch([], faults: [])).verdict == .unknown)
  }

  private let quiet = ["none": "true", "resolved": "3s"]

  @Test(arguments: [
    ([Firing](), Verdict.valid), ([.init(from: 10, to: 17.5)], .valid),
    ([.init(from: 8, to: 9)], .invalid), ([.init(from: 10, to: 25)], .invalid),
    ([.init(from: 22, to: 23)], .invalid),
  ])
  private func nothingFiresOutsideOfFaults(firing: [Firing], verdict: Verdict) throws {
    let found = try finding("alerted", sketch(firing).history(), quiet)
    #expect(found.verdict == verdict, "\(found.summary)")
    #expect(found.kinds == (verdict == .invalid ? ["without a fault"] : []))
  }

  @Test func quietIsNotWhatNobodyHeard() throws {
    let found = try finding("alerted", sketch([], faults: [], deaf: 5...12).history(), quiet)
    #expect(found.verdict == .unknown, "\(found.summary)")
  }

  @Test func whatNoAlertNoticedIsListedAndJudgedOnlyWhereThatIsAsked() throws {
    let sketch = sketch([.init(from: 12, to: 16)], faults: [(10, 15), (20, 22)])
    let listed = try judged(sketch, ["fault": "1"])
    #expect(listed.verdict == .valid, "\(listed.summary)")
    #expect(listed.summary.contains("no alert noticed fault 2"), "\(listed.summary)")
    let all = try finding("alerted", sketch.history(), ["within": "3s", "resolved": "3s"])
    #expect(all.verdict == .invalid && all.kinds == ["missing"], "\(all.summary)")
    #expect(all.figures["unnoticed"]?.elements.count == 1)
    #expect(all.summary.contains("fault 2"))
  }

  @Test(arguments: [
    ["alert": "x", "none": "true"],
    ["alert": "x", "labels": "site"],
  ])
  func whatMakesNoSenseIsRefused(settings: [String: String]) {
    #expect(throws: SettingsError.self) {
      try finding("alerted", HistorySketch().history(), settings)
    }
  }
}
