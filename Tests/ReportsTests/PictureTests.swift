import Basics
import Foundation
import Histories
import TestGround
import Testing

@testable import Reports

@Suite struct PictureStateTests {
  private static let proxy = InstanceID(node: "lb-a", component: "proxy")

  private static func mark(_ id: Int = 1, isAction: Bool = false) -> FaultMark {
    var mark = FaultMark(
      id: id, name: "cut", summary: "cut lb-a off", targets: ["lb-a"], injected: .start)
    mark.reach = .ways([.init(from: ["lb-a"], to: ["web-a", "web-b"])], .cut)
    mark.isAction = isAction
    return mark
  }

  private func state(_ facts: Fact...) -> PictureState {
    var state = PictureState(of: SampleRun.picture)
    for fact in facts { state.take(fact) }
    return state
  }

  @Test func nothingIsKnownBeforeAnythingIsSeen() {
    #expect(
      state().json == ["owners": [:], "roles": [:], "processes": [:], "off": [], "faults": []])
  }

  /// Observers may know an address by its digits.
  @Test func anAddressHasItsNameAndAllItsHolders() {
    let both = state(
      .address("10.77.0.100", on: "lb-b", isHeld: true), .address("vip", on: "lb-a", isHeld: true))
    #expect(both.json["owners"] == ["vip": ["lb-a", "lb-b"]])
    let none = state(
      .address("vip", on: "lb-a", isHeld: true), .address("vip", on: "lb-a", isHeld: false))
    #expect(none.json["owners"] == [:])
  }

  @Test func rolesProcessesAndPower() {
    let seen = state(
      .role(Self.proxy, .answer("leader")), .process(Self.proxy, .running),
      .process(Self.proxy, .ended("killed by signal 9")), .power("web-a", isOn: false),
      .power("web-b", isOn: false), .power("web-b", isOn: true))
    #expect(seen.json["roles"] == ["lb-a/proxy": "leader"])
    #expect(seen.json["processes"] == ["lb-a/proxy": "killed by signal 9"])
    #expect(seen.json["off"] == ["web-a"])
    #expect(
      state(.role(Self.proxy, .answer("leader")), .role(Self.proxy, .silence("too slow")))
        .json["roles"] == [:])
  }

  @Test func aFaultStrikesUntilItsHealingIsSeen() throws {
    let injected = state(.fault(FaultChange(.injecting, Self.mark())))
    #expect(
      injected.json["faults"]?.elements == [
        [
          "id": 1, "name": "cut", "summary": "cut lb-a off", "targets": ["lb-a"],
          "confirmed": false, "action": false, "healing": false,
          "ways": [["from": ["lb-a"], "to": ["web-a", "web-b"], "effect": "cut"]],
        ]
      ])
    var healed = injected
    healed.take(.fault(FaultChange(.healed, Self.mark())))
    let fault = try #require(healed.json["faults"]?.elements.first)
    #expect(fault["healing"] == true && fault["ways"] == [])
    healed.take(.fault(FaultChange(.healConfirmed, Self.mark())))
    #expect(healed.json["faults"] == [])
  }

  @Test func anActionIsShownWhileItIsUnderWay() {
    let begun = state(.fault(FaultChange(.injecting, Self.mark(isAction: true))))
    #expect(begun.json["faults"]?.elements.count == 1)
    for phase in [FaultChange.Phase.confirmed, .failed] {
      var over = begun
      over.take(.fault(FaultChange(phase, Self.mark(isAction: true))))
      #expect(over.json["faults"] == [])
    }
  }
}

@Suite struct PictureTracksTests {
  /// Whatever moment a script picks, it finds what a fold up to that moment says.
  @Test func aTrackSaysWhatTheFoldSays() {
    let history = SampleRun.history()
    let tracks = PictureTracks(history, stack: SampleRun.picture)
    for ms in stride(from: Int64(1_900), to: 22_000, by: 97) {
      var state = PictureState(of: SampleRun.picture)
      for seen in history.observations where seen.time <= SampleRun.moment(ms) { state.take(seen) }
      for (subject, changes) in tracks.changes {
        if case .fault = subject { continue }
        let newest = changes.last { $0.time <= SampleRun.moment(ms) }
        #expect(newest?.value == state.json(of: subject), "\(subject) at \(ms) ms")
      }
    }
  }

  @Test func aFaultIsConfirmedOnlyOnceItWas() throws {
    let tracks = PictureTracks(SampleRun.history(), stack: SampleRun.picture)
    let changes = try #require(tracks.changes[.fault(1)])
    #expect(changes.map(\.time) == [10_000, 10_012, 15_000, 15_200].map(SampleRun.moment))
    #expect(changes.map { $0.value?["confirmed"] } == [false, true, true, nil])
    #expect(changes.map { $0.value?["healing"] } == [false, false, true, nil])
  }

  @Test func whatChangesOftenStaysSmallAndEndsRight() throws {
    var builder = HistoryBuilder()
    let id = InstanceID(node: "lb-a", component: "proxy")
    for index in 0..<20_000 {
      builder.observe(
        Observation(
          time: SampleRun.moment(Int64(index)),
          .process(id, index.isMultiple(of: 2) ? .running : .paused)))
    }
    let tracks = PictureTracks(builder.finish(), stack: SampleRun.picture)
    let changes = try #require(tracks.changes[.process(id)])
    #expect(changes.count <= PictureTracks.changeLimit)
    #expect(changes.last?.value == "paused")
  }
}

@Suite struct NodeLanesTests {
  private func lane(_ node: String, _ history: History = SampleRun.history()) throws -> JSON {
    var record = SampleRun.record()
    record.history = history
    let lanes = try #require(RunTimeline(record).json["lanes"])
    return try #require(lanes.elements.first { $0["node"] == .string(node) })
  }

  private func rows(_ lane: JSON) -> [String] {
    (lane["rows"]?.elements ?? []).map { row in
      let segments = (row["segments"]?.elements ?? []).map { segment in
        "\(segment["text"]?.text ?? "") \(segment["from"]?.number ?? -1)–\(segment["to"]?.number ?? -1)"
      }
      return "\(row["kind"]?.text ?? "") \(row["name"]?.text ?? ""): "
        + segments.joined(separator: ", ")
    }
  }

  @Test func aNodeHasWhatHappenedOnIt() throws {
    let end = SampleRun.history().end
    let last = Instant.start.duration(to: end).milliseconds
    #expect(
      rows(try lane("lb-a")) == [
        "fault 1. kill: kill proxy on the owner of vip 10000.0–15200.0",
        "doubt 2. delay: delay 50ms between site a and site b 17000.0–20000.0",
        "address vip: held 3000.0–11600.0, held 16020.0–\(last)",
        "process proxy: running 3000.0–10012.0, exited, signal 9 10012.0–15100.0, "
          + "running 15100.0–\(last)",
      ])
  }

  @Test func aNodeOnWhichNothingHappenedIsQuiet() throws {
    #expect(try lane("client")["quiet"] == true)
    #expect(try lane("lb-b")["quiet"] == false)
  }

  /// Of the ways of one node to all others, the one is meant; of those between two sites, everybody.
  @Test func aCutStrikesTheOneThatIsCutOff() throws {
    func struck(_ ways: [FaultReach.Ways]) throws -> [String] {
      var builder = HistoryBuilder()
      var mark = FaultMark(
        id: 1, name: "cut", summary: "cut", targets: ["lb-a", "lb-b", "web-a", "web-b"],
        injected: SampleRun.moment(10))
      mark.reach = .ways(ways, .cut)
      builder.faults = [mark]
      let history = builder.finish()
      return try ["lb-a", "lb-b", "web-a", "web-b"].filter {
        !rows(try lane($0, history)).isEmpty
      }
    }
    let rest: [NodeID] = ["lb-b", "web-a", "web-b"]
    #expect(
      try struck([.init(from: ["lb-a"], to: rest), .init(from: rest, to: ["lb-a"])]) == ["lb-a"])
    #expect(
      try struck([.init(from: ["lb-a", "web-a"], to: ["lb-b", "web-b"])])
        == ["lb-a", "lb-b", "web-a", "web-b"])
    #expect(try struck([.init(from: ["lb-a"], to: ["lb-b"])]) == ["lb-a", "lb-b"])
  }
}

@Suite struct StackSectionTests {
  @Test func withoutAKnownStackThereIsNoPictureOfOne() {
    var record = SampleRun.record()
    record.picture = StackPicture()
    #expect(!record.html.contains("<h2>The stack at a moment"))
    #expect(SampleRun.record().html.contains("<h2>The stack at a moment"))
  }

  @Test func theFirstMomentIsTheMiddleOfTheFirstFaultOrTheEnd() {
    #expect(RunTimeline(SampleRun.record()).picture["moment"] == 12_500.0)
    var record = SampleRun.record()
    record.history = HistoryBuilder().finish()
    let timeline = RunTimeline(record)
    #expect(timeline.picture["moment"] == timeline.json["to"])
    #expect(timeline.picture["fault"] == .null)
  }

  @Test(.enabled(if: Browser.path != nil, "no Chromium on this machine"))
  func theStackIsDrawnInABrowserWithoutAnError() throws {
    let page = try Browser.open(SampleRun.record().html)
    #expect(page.document.contains("data-picture=\"drawn\""))
    #expect(page.document.contains("aria-label=\"The stack at this moment. "))
    // At 12.5 s the proxy of lb-a is dead, and lb-b has the address.
    #expect(page.document.contains("lb-a/proxy exited, signal 9; lb-b holds vip; fault 1: kill"))
    #expect(page.document.contains("lb-b, balancer in Site B: proxy not seen; holds vip\""))
    #expect(page.document.contains("12.5 s · 1. kill"))
    #expect(page.document.contains("nothing happened on client"))
    #expect(page.consoleErrors.isEmpty, "\(page.consoleErrors)")
  }

  /// The report does what a reader asks of it, by pointer and by keyboard; the script that asks takes the place of the
  /// policy that would forbid it.
  @Test(.enabled(if: Browser.path != nil, "no Chromium on this machine"))
  func theReaderChoosesTheMomentAndOpensNodes() throws {
    let asking = """
      <script>
      const said = [], say = (key, value) => said.push(key + "=" + value);
      const slider = document.getElementById("moment"), word = document.getElementById("moment-text");
      slider.value = 3000; slider.dispatchEvent(new Event("input"));
      say("begin", word.textContent);
      say("label", document.querySelector("svg.topology").getAttribute("aria-label").includes("lb-a holds vip"));
      const toggle = (key) => [...document.querySelectorAll("g.toggle")].find((one) => one.dataset.key === key);
      say("open", toggle("lb-a").getAttribute("aria-expanded"));
      toggle("lb-a").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      say("closed", toggle("lb-a").getAttribute("aria-expanded") + document.activeElement.dataset.key);
      say("hidden", toggle("client") === undefined);
      const node = [...document.querySelectorAll("g.node")].find((one) => one.getAttribute("aria-label").startsWith("client,"));
      node.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      say("picked", document.activeElement.dataset.key);
      const svg = document.querySelector("#timeline svg"), box = svg.getBoundingClientRect();
      svg.dispatchEvent(new MouseEvent("click", { clientX: box.right - 9, clientY: box.top + 40, bubbles: true }));
      say("end", Number(slider.value) > 26000);
      say("wide", document.documentElement.scrollWidth <= document.documentElement.clientWidth);
      document.body.dataset.said = said.join("; ");
      </script>
      </body>
      """
    let html = SampleRun.record().html
    let policy = try #require(html.firstMatch(of: /<meta http-equiv="Content-Security[^>]*>/))
    let page = try Browser.open(
      html.replacing(policy.output, with: "").replacing("</body>", with: asking))
    #expect(page.consoleErrors.isEmpty, "\(page.consoleErrors)")
    let said = page.document.firstMatch(of: /data-said="([^"]*)"/)?.output.1
    #expect(
      said == """
        begin=3.00 s; label=true; open=true; closed=falselb-a; hidden=true; picked=client; end=true; wide=true
        """)
  }
}

@Suite struct TunnelPictureTests {
  @Test func aTunnelIsDrawnBesideTheLinks() {
    var picture = SampleRun.picture
    #expect(picture.json["tunnels"] == [])
    picture.tunnels = [.init("lb-a", "lb-b", title: "IPsec")]
    #expect(picture.json["tunnels"] == [["from": "lb-a", "to": "lb-b", "title": "IPsec"]])
    #expect(picture.json["links"] == SampleRun.picture.json["links"])
  }
}
