import Basics
import Statistics
import TestGround
import Testing
import YAML

@testable import Shrinking

@Suite struct ShrinkerTests {
  private static let text = """
    title: Much happens
    description: Nobody needs it.
    tags: [long]
    stack: three
    expect: [lost]
    workloads:
      elements: {kind: set, service: s, rate: 80/s, clients: 8}
      pages: {kind: call, service: s, rate: 50/s, clients: 4}
      cells: {kind: register, service: s, rate: 40/s}
    steady-state: {for: 2s, within: 20s}
    method:
      - {at: 1s, fault: kill, target: {role: store}, component: store, for: 4s}
      - {at: 8s, fault: pause, target: {node: a}, component: store, for: 2s, id: hang}
      - {at: 12s, fault: partition, target: {node: b}, for: 4s, id: cut}
      - {at: 20s, fault: kill, target: {node: c}, component: store, for: 1s, id: death}
    invariants:
      - no-lost-writes: {name: lost, workload: elements, fault: 3}
      - availability: {workload: pages, fault: 1}
      - linearizable: {workload: cells}
    """

  private func experiment() throws -> YAMLNode { try YAMLNode.parse(text: Self.text, file: "t") }

  private func steps(_ node: YAMLNode) -> [String] {
    (node["method"]?.elements ?? []).map { $0["id"]?.text ?? $0["fault"]?.text ?? "" }
  }

  /// Fails where the cut is there, somebody is killed, and there is traffic enough.
  private func isFailing(_ node: YAMLNode) -> Bool {
    let rate = node["workloads"]?["elements"]?["rate"]?.text?.split(separator: "/").first
    return steps(node).contains("cut")
      && (node["method"]?.elements ?? []).contains { $0["fault"]?.text == "kill" }
      && (rate.flatMap { Int($0) } ?? 0) >= 30
      && node["invariants"]?.elements?.contains { $0["no-lost-writes"] != nil } == true
  }

  @Test func whatDoesNotMatterIsTakenAway() throws {
    var shrinker = Shrinker(try experiment(), keeping: "lost")
    let outcome = try shrinker.shrink(
      asking: ShrinkingOracle(ask: { node, _ in isFailing(node) ? .failed : .passed }))
    let smallest = outcome.experiment
    #expect(isFailing(smallest) && outcome.stopped == nil && outcome.isConfirmed)
    #expect(steps(smallest).count == 2 && steps(smallest).contains("cut"), "\(smallest.written)")
    #expect(smallest["workloads"]?.entries?.map(\.key) == ["elements"])
    #expect(smallest["workloads"]?["elements"]?["rate"]?.text == "40/s")
    #expect(smallest["workloads"]?["elements"]?["clients"]?.text == "1")
    #expect(smallest["invariants"]?.elements?.count == 1)
    // A number would mean another step by now.
    let invariant = smallest["invariants"]?.elements?.first?["no-lost-writes"]
    #expect(invariant?["fault"]?.text == "cut")
    #expect(smallest["expect"] == nil && smallest["tags"] == nil)
    #expect(outcome.sentences.contains { $0.hasPrefix("1-minimal") })
    #expect(outcome.file(of: "r", command: "c", stack: "s").contains("# Again: c\n"))
    try expectMinimal(smallest) { isFailing($0) }
  }

  /// An invariant that names several steps or a workload goes on with those that are left.
  @Test func invariantsForgetWhatIsGone() throws {
    let node = try YAMLNode.parse(
      text: """
        workloads: {a: {}}
        method: [{id: one}, {lanes: [[{id: two}], {id: three}]}]
        invariants:
          - sought: {fault: [gone], workload: gone}
          - both: {fault: [one, gone, three]}
          - none: {fault: gone}
          - other: {workload: b}
          - mine: {workload: a, fault: [two, 1]}
          - plain
        """, file: "t")
    let pruned = Pruning(experiment: node, invariant: "sought").pruned
    #expect(
      pruned["invariants"]?.flowText
        == "[{sought: {fault: [gone], workload: gone}}, {both: {fault: [one, three]}}, "
        + "{mine: {workload: a, fault: [two, 1]}}, plain]")
  }

  /// The stack is made smaller with the experiment; what no plan can be made of is not asked twice.
  @Test func nodesThatDoNotMatterAreTakenAway() throws {
    let stack = try YAMLNode.parse(
      text: """
        title: Three
        nodes: {a: {site: x}, b: {site: x}, c: {site: y}, client: {site: y}}
        services: {s: {url: u}, other: {url: v}}
        addresses: {vip: {ip: z}}
        links: [{between: [x, y], delay: 1ms}, {between: [x, z], delay: 2ms}]
        """, file: "s")
    var asked: [String: Int] = [:]
    var shrinker = Shrinker(
      ShrinkingCase.joined(try experiment(), stack: stack), keeping: "lost")
    let outcome = try shrinker.shrink(
      asking: ShrinkingOracle(ask: { node, _ in
        let (experiment, stack) = ShrinkingCase.parts(of: node)
        let nodes = stack?["nodes"]?.entries?.map(\.key) ?? []
        asked[node.written, default: 0] += 1
        // The steps name b, and somebody has to ask.
        guard nodes.contains("b"), nodes.contains("client"), stack?["services"]?["s"] != nil else {
          return .refused
        }
        return isFailing(experiment) && nodes.contains("c") ? .failed : .passed
      }))
    #expect(outcome.stack?["nodes"]?.entries?.map(\.key) == ["b", "c", "client"])
    #expect(outcome.stack?["services"]?.entries?.map(\.key) == ["s"])
    #expect(
      outcome.stack?["addresses"] == nil && outcome.stack?["links"]?.elements?.isEmpty == true)
    #expect(outcome.experiment.entries?.last?.key == "invariants")
    #expect(outcome.carried.contains("without the node 'a'"))
    let file = outcome.file(of: "r", command: "c", stack: "s", smaller: "minimal-stack.yaml")
    #expect(file.contains("\nstack: minimal-stack.yaml\n"))
  }

  @Test func whatWasHalvedOftenIsSaidOnce() {
    let steps = [
      "without x", "'rate' of 'a': 4/s instead of 8/s", "y", "'rate' of 'a': 2/s instead of 4/s",
    ]
    #expect(
      ShrinkingOutcome.summedUp(steps) == ["without x", "'rate' of 'a': 2/s instead of 8/s", "y"])
  }

  /// No single change that is left makes a failing one.
  private func expectMinimal(_ node: YAMLNode, _ isFailing: (YAMLNode) -> Bool) throws {
    let reductions = Reductions(experiment: node, invariant: "lost")
    for kind in Reductions.Kind.allCases {
      for reduction in reductions.of(kind) {
        #expect(
          !isFailing(Pruning(experiment: node.reduced(by: [reduction]), invariant: "lost").pruned),
          "\(reduction.summary)")
      }
    }
  }

  /// Whatever set of steps and workloads is needed, all of it and nothing else is left.
  @Test func everyDeterministicCauseIsFound() throws {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<30 {
      let needed = ["step-1", "hang", "death"].filter { _ in chance.below(2) == 0 }
      let traffic = ["pages", "cells"].filter { _ in chance.below(2) == 0 }
      func isFailing(_ node: YAMLNode) -> Bool {
        let names = node["workloads"]?.entries?.map(\.key) ?? []
        return Set(steps(node)).isSuperset(of: needed) && Set(names).isSuperset(of: traffic)
      }
      var shrinker = Shrinker(try experiment(), keeping: "lost")
      let outcome = try shrinker.shrink(
        asking: ShrinkingOracle(ask: { node, _ in isFailing(node) ? .failed : .passed }))
      #expect(Set(steps(outcome.experiment)) == Set(needed + ["cut"]))
      let names = outcome.experiment["workloads"]?.entries?.map(\.key) ?? []
      #expect(Set(names) == Set(traffic + ["elements"]))
      try expectMinimal(outcome.experiment, isFailing)
    }
  }

  /// A failure that comes now and then: what is claimed of its rate is what fresh runs said, and nothing that is needed
  /// was lost.
  @Test(arguments: [0.9, 0.5, 0.2]) func aFlakyFailureIsNotLiedAbout(rate: Double) throws {
    var chance = Chance(seed: Seeds.fresh("\(rate) "))
    for _ in 0..<15 {
      var fresh = (failed: 0, runs: 0)
      var shrinker = Shrinker(try experiment(), keeping: "lost")
      var freshOf = ""
      let outcome = try shrinker.shrink(
        asking: ShrinkingOracle(ask: { node, purpose in
          let failed = isFailing(node) && chance.roll(Ratio(rate))
          if purpose == .confirmation {
            if freshOf != node.written { (fresh, freshOf) = ((0, 0), node.written) }
            fresh = (fresh.failed + (failed ? 1 : 0), fresh.runs + 1)
          }
          return failed ? .failed : .passed
        }))
      guard outcome.isReproduced else { continue }
      #expect(isFailing(outcome.experiment), "\(outcome.sentences)")
      if outcome.carried.isEmpty { continue }
      #expect(outcome.experiment.written == freshOf)
      #expect(outcome.confirmed == Proportion(fresh.failed, of: fresh.runs))
      #expect(outcome.sentences[0].contains(outcome.confirmed.counts))
    }
  }

  @Test func whatIsNotSeenAgainIsNotShrunk() throws {
    var shrinker = Shrinker(try experiment(), keeping: "lost")
    let outcome = try shrinker.shrink(asking: ShrinkingOracle(ask: { _, _ in .passed }))
    #expect(!outcome.isReproduced && outcome.carried.isEmpty && outcome.runs == 20)
    #expect(outcome.sentences[0].contains("0 of 20"))
  }

  /// A search that is stopped says so, keeps the smallest so far, and later goes on without asking anything twice.
  @Test func aSearchGoesOnWhereItStopped() throws {
    var whole = Shrinker(try experiment(), keeping: "lost")
    var all = 0
    let expected = try whole.shrink(
      asking: ShrinkingOracle(ask: { node, _ in
        all += 1
        return isFailing(node) ? .failed : .passed
      }))
    var ledger = ShrinkingLedger()
    var (asked, isOver) = (0, false)
    var outcome: ShrinkingOutcome?
    while !isOver {
      var left = 7
      var shrinker = Shrinker(try experiment(), keeping: "lost", ledger: ledger)
      let found = try shrinker.shrink(
        asking: ShrinkingOracle(
          ask: { node, _ in
            if left == 0 { throw Shrinker.Stop("the time was up") }
            left -= 1
            asked += 1
            return isFailing(node) ? .failed : .passed
          },
          keep: { ledger = try #require(ShrinkingLedger(reading: $0.json)) }))
      #expect(isFailing(found.experiment))
      isOver = found.stopped == nil
      if !isOver { #expect(!found.sentences.contains { $0.hasPrefix("1-minimal") }) }
      outcome = found
    }
    #expect(asked == all && outcome?.experiment.written == expected.experiment.written)
  }

  /// What cannot be planned costs no run.
  @Test func whatIsNoPlanIsNotRun() throws {
    var shrinker = Shrinker(try experiment(), keeping: "lost")
    let outcome = try shrinker.shrink(
      asking: ShrinkingOracle(ask: { node, _ in
        if node["workloads"]?.entries?.count != 3 { return .refused }
        return isFailing(node) ? .failed : .passed
      }))
    #expect(outcome.experiment["workloads"]?.entries?.count == 3)
    #expect(steps(outcome.experiment).count == 2)
  }

  @Test(arguments: [
    ("4s", "2s"), ("250ms", "125ms"), ("150ms", nil), ("80/s", "40/s"), ("3/s", nil), ("6", "3"),
    ("3", "2"), ("1", nil), ("forever", nil),
  ])
  func halves(text: String, half: String?) { #expect(Reductions.half(of: text) == half) }
}
