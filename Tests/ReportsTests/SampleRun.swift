import Basics
import Checking
import Histories
import Reports

/// A run that never was: a failover of two seconds, with everything a report can show.
enum SampleRun {
  static func history(operations: Int = 1200) -> History {
    var builder = HistoryBuilder()
    var chance = Chance(seed: 42)
    let add = builder.function("add")
    let workload = builder.label("orders")
    let nodes = [builder.label("web-a"), builder.label("web-b")]
    for index in 0..<operations {
      let scheduled = Instant(nanoseconds: Int64(index) * 20_000_000 + 3_000_000_000)
      let isDuringOutage = (350..<450).contains(index)
      var event = Event(
        process: Int32(index % 4), kind: .invoke, function: add,
        value: builder.values.integer(Int64(index)), time: scheduled)
      event.workload = workload
      event.scheduled = scheduled
      try! builder.append(event)
      let latency = Int64.random(in: 2_000_000...9_000_000, using: &chance)
      event.time = scheduled.advanced(by: .nanoseconds(isDuringOutage ? 19_000_000 : latency))
      event.kind = isDuringOutage ? .info : .ok
      if isDuringOutage { event.error = builder.values.text("Timeout was reached") }
      event.node = nodes[index % 2]
      try! builder.append(event)
    }
    builder.faults = faults
    builder.observations = observations
    return builder.finish()
  }

  static func moment(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  static var faults: [FaultMark] {
    var kill = FaultMark(
      id: 1, name: "kill", summary: "kill proxy on the owner of vip", targets: ["lb-a/proxy"],
      injected: moment(10_000))
    kill.confirmed = moment(10_012)
    kill.confirmation = "no process of lb-a/proxy is left"
    kill.healed = moment(15_000)
    kill.healConfirmed = moment(15_200)
    var delay = FaultMark(
      id: 2, name: "delay", summary: "delay 50ms between site a and site b",
      targets: ["lb-a", "web-a", "lb-b", "web-b"], injected: moment(17_000))
    delay.confirmation = "no packet of that pair was seen"
    delay.healed = moment(20_000)
    return [kill, delay]
  }

  static var observations: [Observation] {
    func owner(_ ms: Int64, _ node: String, _ value: String) -> Observation {
      Observation(
        time: moment(ms), .address("10.77.0.100", on: NodeID(node), isHeld: value == "held"))
    }
    func process(_ ms: Int64, _ value: String) -> Observation {
      Observation(
        time: moment(ms),
        .process(
          InstanceID(node: "lb-a", component: "proxy"),
          value == "running" ? .running : .ended(value)))
    }
    return [
      owner(2_500, "lb-a", "held"), process(2_000, "running"), process(10_012, "exited, signal 9"),
      owner(11_600, "lb-a", "released"), owner(11_900, "lb-b", "held"),
      process(15_100, "running"), owner(16_000, "lb-b", "released"), owner(16_020, "lb-a", "held"),
    ]
  }

  static func record(operations: Int = 1200) -> RunRecord {
    var record = RunRecord(
      experiment: .init(
        name: "01-load-balancer-dies", file: "experiments/sample/01-load-balancer-dies.yaml",
        title: "The load balancer dies <&> \"comes back\"",
        description: "What clients see while the floating address moves to the other site."),
      stack: "sample", seed: 7, command: "faultline run experiments/sample/01.yaml --seed 7",
      history: history(operations: operations))
    record.started = "2026-01-31T08:15:00Z"
    record.duration = .seconds(28)
    record.exit = .invalid
    record.judgements = judgements
    record.predictions = predictions
    record.servers = [
      .init(
        component: "proxy", variant: "proxy", version: "2.6.12", standsInFor: nil,
        nodes: ["lb-a", "lb-b"])
    ]
    record.timings = [.init(step: "namespaces and cables", duration: .milliseconds(42))]
    record.notes = ["lb-b/proxy died on its own at 12 s: exited with code 1"]
    record.plan = "seed 7\n  1.  at 7s  kill proxy on the owner of vip, healed at 12s\n"
    record.addresses = [.init(name: "vip", ip: "10.77.0.100")]
    record.picture = picture
    return record
  }

  /// Two sites of three nodes, and a client.
  static var picture: StackPicture {
    var picture = StackPicture()
    picture.sites = [.init(name: "a", title: "Site A"), .init(name: "b", title: "Site B")]
    picture.networks = ["lan"]
    picture.addresses = [.init(name: "vip", ip: "10.77.0.100")]
    picture.nodes = ["a", "b"].flatMap { site -> [StackPicture.Node] in
      [
        .init(
          name: "lb-" + site, site: site, role: "balancer", components: ["proxy"],
          networks: ["lan"]),
        .init(
          name: "web-" + site, site: site, role: "web", components: ["nginx"], networks: ["lan"]),
      ]
    }
    picture.nodes.append(
      .init(name: "client", site: "a", role: "client", components: [], networks: ["lan"]))
    picture.links = [.init(.sites, "a", "b", text: "delay 2ms")]
    return picture
  }

  /// One that came true, one that did not, and one that nobody saw.
  static var predictions: [CheckedPrediction] {
    func checked(
      _ subject: Prediction.Subject, _ what: String, _ most: Int64?, _ measured: (Int64, Int64)?
    ) -> CheckedPrediction {
      CheckedPrediction(
        fault: 1,
        prediction: Prediction(
          of: InstanceID(node: "lb-a", component: "proxy"), subject, struckNodes: ["lb-a"],
          struckInstances: [], least: .milliseconds(241), most: most.map { .milliseconds($0) },
          source: "RFC <5798>, section 6.1"), what: what,
        measured: measured.map { .milliseconds($0)...(.milliseconds($1)) },
        watched: .milliseconds(7000), stalled: .zero, isBlurred: false)
    }
    return [
      checked(.address, "vip elsewhere than lb-a", 361, (263, 275)),
      checked(.role(of: "proxy"), "another leader than lb-a/proxy", 361, (1500, 1900)),
      checked(.probe("down"), "down of lb-a/proxy changes", nil, nil),
    ]
  }

  static var judgements: [RunRecord.Judgement] {
    let failover = Finding(
      checker: "failover-time", verdict: .valid, summary: "back for good 2.1 s after the fault",
      operations: 1200,
      figures: [
        "faults": [
          [
            "fault": 1, "first-bad": 0.4, "detection": 900.0, "takeover": 1900.0,
            "first-good": 2004.5, "sustained-good": 2100.0,
            "predicted": ["most": 1361.0, "because": "predicted at most 1361ms: 361ms <and> 1s"],
          ]
        ]
      ])
    let lost = Finding(
      checker: "no-lost-writes", verdict: .invalid,
      summary: "2 acknowledged elements are gone: 17, 18", operations: 1200,
      evidence: [
        Evidence(kind: "lost", summary: "17 was acknowledged and is gone", operations: [17])
      ])
    let vacuous = Finding(
      checker: "latency", verdict: .unknown, summary: "too few operations after fault 2")
    return [
      .init(name: "failover-time", workload: "orders", finding: failover, isExpectedToFail: false),
      .init(name: "no-lost-writes", workload: "orders", finding: lost, isExpectedToFail: false),
      .init(name: "latency", workload: "orders", finding: vacuous, isExpectedToFail: false),
    ]
  }
}
