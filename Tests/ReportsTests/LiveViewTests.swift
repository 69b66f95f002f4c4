import Basics
import Histories
import Testing

@testable import Reports

@Suite struct LiveViewTests {
  private static func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  private static func sample(
    _ good: Int, _ bad: Int = 0, latencies: [Duration] = [], rate: String? = "100/s"
  ) -> TrafficSample {
    TrafficSample(
      workload: "orders", rate: rate, total: .init(good: good, bad: bad),
      sites: [.init("a", .init(good: good, bad: 0)), .init("b", .init(good: 0, bad: bad))],
      lastError: bad > 0 ? "HTTP 503" : nil, latencies: latencies)
  }

  private static var view: LiveView {
    var stack = StackPicture()
    stack.addresses = [.init(name: "vip", ip: "10.0.0.1")]
    return LiveView(of: stack, isByHand: true)
  }

  private static func change(_ phase: FaultChange.Phase, _ id: Int = 1) -> Observation {
    var mark = FaultMark(
      id: id, name: "kill", summary: "kill web on a", targets: ["a/web"], injected: at(1_000))
    if phase != .injecting { mark.confirmed = at(1_100) }
    if phase == .healConfirmed {
      mark.healed = at(2_000)
      mark.healConfirmed = at(2_100)
    }
    return Observation(time: at(1_000), .fault(.init(phase, mark)))
  }

  @Test func whatChangedIsToldOnceAndTheWholeHasAllOfIt() {
    var view = Self.view
    #expect(!view.hasNews)
    view.take(Observation(time: Self.at(100), .phase(.method)))
    view.take(Observation(time: Self.at(200), .address("10.0.0.1", on: "a", isHeld: true)))
    view.take(Self.change(.confirmed))
    view.take(Observation(time: Self.at(1_200), .note(about: "a", "line\nbreak")))
    let news = view.news()
    #expect(news["phase"]?.text == "live" && news["now"]?.number == 1_200)
    #expect(news["traffic"] == nil && news["bins"] == nil)
    #expect(news["faults"]?.elements.first?["active"] == .bool(true))
    #expect(news["notes"]?.elements.first?["text"]?.text == "line\\u{a}break")
    let owner = news["lanes"]?["owners"]?.elements.first
    #expect(owner?["address"]?.text == "vip" && owner?["node"]?.text == "a")
    #expect(news["picture"]?["owners"]?["vip"] == ["a"])
    #expect(!view.hasNews)

    view.take(Self.change(.healConfirmed))
    // The same again is no news.
    view.take(Observation(time: Self.at(2_200), .address("10.0.0.1", on: "a", isHeld: true)))
    let more = view.news()
    #expect(more["lanes"] == nil && more["notes"] == nil)
    #expect(more["faults"]?.elements.first?["to"]?.number == 2_100)
    for part in ["phase", "lanes", "faults", "notes", "traffic", "picture"] {
      #expect(view.whole[part] != nil, "\(part)")
    }
  }

  @Test func ratesAreOfTheLastSecond() {
    var view = Self.view
    view.take([Self.sample(0)], at: Self.at(0))
    view.take([Self.sample(50, latencies: [.milliseconds(4)])], at: Self.at(500))
    view.take([Self.sample(100, 10)], at: Self.at(1_000))
    view.take([Self.sample(120, 60, rate: nil)], at: Self.at(1_500))
    let one = view.news()["traffic"]?.elements.first
    #expect(one?["goodPerSecond"]?.number == 70 && one?["badPerSecond"]?.number == 60)
    #expect(one?["rate"] == .null && one?["lastError"]?.text == "HTTP 503")
    let sites = one?["sites"]?.elements ?? []
    #expect(sites.map { $0["site"]?.text } == ["a", "b"])
    #expect(sites.map { $0["badPerSecond"]?.number } == [0, 60])
    let bins = view.whole["bins"]?["workloads"]?.elements.first
    #expect(bins?["ok"] == [0, 50, 50, 20] && bins?["bad"] == [0, 0, 10, 50])
    #expect(bins?["heat"]?.elements[1] == [4, 1] && bins?["p50"]?.elements[1].number == 4)
  }

  @Test func newsOfBinsBeginWhereTheyMayHaveChanged() {
    var view = Self.view
    for step in 0..<10 { view.take([Self.sample(step * 50)], at: Self.at(Int64(step) * 500)) }
    _ = view.news()
    view.take([Self.sample(520)], at: Self.at(5_000))
    let bins = view.news()["bins"]
    #expect(bins?["first"] == 9 && bins?["bins"] == 11)
    #expect(bins?["workloads"]?.elements.first?["ok"] == [50, 70])
  }

  @Test func whatPeopleDidForWeeksIsBounded() {
    var view = Self.view
    for id in 1...1_000 {
      view.take(Self.change(id == 3 ? .confirmed : .healConfirmed, id))
      view.take(Observation(time: Self.at(Int64(id)), .note(about: "", "note \(id)")))
    }
    let whole = view.whole
    let faults = whole["faults"]?.elements ?? []
    #expect(faults.count == LiveView.faultLimit + 1)
    #expect(faults.first?["id"] == 3, "what is active stays, however old it is")
    #expect(faults.last?["id"] == 1_000)
    #expect(whole["notes"]?.elements.count == LiveView.noteLimit)
  }
}

@Suite struct LiveBinsTests {
  private func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  @Test func binsBecomeLongerAndNothingIsLost() {
    var bins = LiveBins(from: at(1_000))
    var coarser = 0
    for step in 0..<10_000 {
      let time = at(1_000 + Int64(step) * 500)
      if bins.reach(time) { coarser += 1 }
      bins.add(
        .init(good: 3, bad: 1), [.milliseconds(1), .milliseconds(5), .milliseconds(9)],
        of: "orders", at: time)
      #expect(bins.count <= LiveBins.limit)
    }
    #expect(coarser == 5 && bins.bin == .seconds(16) && bins.count == 313)
    let all = bins.workloads[0].bins
    #expect(all.count == bins.count)
    #expect(all.map(\.good).reduce(0, +) == 30_000 && all.map(\.bad).reduce(0, +) == 10_000)
    #expect(all.flatMap(\.buckets).reduce(0, +) == 30_000)
    #expect(all.allSatisfy { $0.median == 5 && $0.longest == 9 })
  }

  @Test func aLeapInTimeAndALateWorkloadHaveTheirBins() {
    var bins = LiveBins(from: at(0))
    _ = bins.reach(at(0))
    bins.add(.init(good: 1), [.milliseconds(7_000)], of: "orders", at: at(0))
    let isCoarser = bins.reach(at(86_400_000))
    #expect(isCoarser)
    bins.add(.init(good: 2), [], of: "late", at: at(86_400_000))
    #expect(
      bins.count <= LiveBins.limit && bins.workloads.map(\.bins.count) == [bins.count, bins.count])
    #expect(bins.workloads[0].bins[0].buckets.last == 1, "longer than all edges")
    #expect(bins.workloads[1].bins.last?.good == 2 && bins.workloads[1].bins[0].good == 0)
  }

  @Test func theMedianOfTwoBinsLiesBetweenTheirs() {
    var one = LiveBins.Bin(good: 1, bad: 0)
    one.median = 10
    var other = LiveBins.Bin(good: 3, bad: 0)
    other.median = 20
    #expect(one.joined(with: other).median == 17.5)
    #expect(one.joined(with: LiveBins.Bin()).median == 10)
    #expect(LiveBins.Bin().joined(with: LiveBins.Bin()).median == nil)
  }

  @Test func lanesCloseTheirSegmentsAndForgetTheOldest() {
    var lanes = StateLanes()
    let isNews = [
      lanes.take("db", "a", "leader", at: at(0)), lanes.take("db", "a", "leader", at: at(5)),
      // What was never in a state has no lane.
      lanes.take("db", "b", nil, at: at(5)),
    ]
    #expect(isNews == [true, false, false])
    for step in 1...500 {
      _ = lanes.take("db", "a", step % 2 == 0 ? "leader" : "follower", at: at(Int64(step)))
    }
    #expect(lanes.lanes.count == 1 && lanes.lanes[0].closed.count == StateLanes.segmentLimit)
    #expect(lanes.lanes[0].closed.last?.to == at(500) && lanes.lanes[0].open?.state == "leader")
    for node in 0..<1_000 { _ = lanes.take("db", "n\(node)", "x", at: at(1)) }
    #expect(lanes.lanes.count == StateLanes.laneLimit)
  }
}

@Suite struct LiveDocumentTests {
  @Test func whatIsToBeReadOnlyHasNothingThatActs() {
    let page = LiveDocument(title: "<b>a \"title\"", takesActs: false)
    #expect(!page.html.contains("<form") && !page.html.contains("<button"))
    #expect(page.html.contains("<title>&lt;b&gt;a &quot;title&quot; · live</title>"))
    #expect(LiveDocument(title: "", takesActs: true).html.contains("<form id=\"inject\""))
  }

  @Test func itLoadsNothingAndItsPolicySaysSo() throws {
    let page = LiveDocument(title: "x", takesActs: true)
    for word in ["http:", "https:", "@import", "innerHTML", "outerHTML", "insertAdjacent", "eval("]
    {
      let found = page.html.replacing("http://www.w3.org/2000/svg", with: "").contains(word)
      #expect(!found, "\(word)")
    }
    for (start, end, rule) in [
      ("<style>", "</style>", "style-src"), ("<script>", "</script>", "script-src"),
    ] {
      let from = try #require(page.html.firstRange(of: start)?.upperBound)
      let to = try #require(page.html[from...].firstRange(of: end)?.lowerBound)
      let hash = SHA256.base64(Array(page.html[from..<to].utf8))
      #expect(page.policy.contains("\(rule) 'sha256-\(hash)';"))
    }
    #expect(page.policy.hasPrefix("default-src 'none';") && !page.policy.contains("unsafe"))
  }
}
