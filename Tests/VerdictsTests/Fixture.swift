import Basics
import Experiments
import Faults
import Histories
import Stacks

@testable import Verdicts

/// A plan of one small stack, and histories of its runs, made up.
enum Fixture {
  static let files = [
    "fixtures/stacks/small.yaml": """
    title: One page
    sites: [here, outside]
    networks: {lan: {subnet: 10.78.0.0/24}}
    nodes:
      web: {site: here, role: web, ip: 10.78.0.1, components: [page]}
      client: {site: outside, role: client, ip: 10.78.0.9}
    services:
      page: {url: "http://10.78.0.1:8080/"}
    """,
    "fixtures/components/page/component.yaml": """
    name: page
    summary: One page.
    binary: /usr/bin/page
    packages: [page]
    command: ["${binary}"]
    """,
    "experiments/small.yaml": """
    title: The page goes away
    description: It is killed, started again, and killed for good.
    stack: small
    workloads:
      pages: {kind: set, service: page, rate: 10/s, clients: 1, from: {role: client}}
    method:
      - {at: 1s, fault: kill, target: {node: web}, component: page, for: 1s}
      - {at: 3s, action: start, target: {node: web}, component: page}
      - {at: 5s, fault: kill, target: {node: web}, component: page, for: forever}
    invariants:
      - no-lost-writes: {workload: pages}
    """,
  ]

  /// When the method begins, in milliseconds.
  static let origin = 1000

  static func plan() throws -> Plan {
    try Loader(MemoryLibrary(texts: files), machine: .imaginary)
      .experiment("experiments/small.yaml", set: [], seed: 7)
  }

  /// What a good run of the plan records: an order every 100 ms, all of them kept.
  static func history(
    orders: Range<Int> = 0..<100, shortfall: String? = nil, facts: [Observation] = [],
    _ change: (inout [FaultMark]) -> Void = { _ in }
  ) throws -> History {
    var builder = HistoryBuilder()
    var marks = try marks()
    change(&marks)
    builder.faults = marks
    for (phase, time) in [
      (Fact.Phase.steady, 0), (.method, origin), (.settle, 8000), (.final, 10_500),
    ] { builder.observe(Observation(time: .milliseconds(time), .phase(phase))) }
    if let shortfall {
      builder.observe(Observation(time: .milliseconds(9000), .shortfall(shortfall)))
    }
    for fact in facts { builder.observe(fact) }
    let add = builder.function("add")
    let workload = builder.label("pages")
    func event(_ kind: Event.Kind, _ function: FunctionID, _ value: Value, _ at: Int) -> Event {
      var event = Event(
        process: 0, kind: kind, function: function, value: value, time: .milliseconds(at))
      event.workload = workload
      return event
    }
    for order in orders {
      let value = builder.values.integer(Int64(order))
      try builder.append(event(.invoke, add, value, order * 100))
      try builder.append(event(.ok, add, value, order * 100 + 5))
    }
    let read = builder.function("read")
    var invoked = event(.invoke, read, .none, 11_000)
    invoked.isFinal = true
    try builder.append(invoked)
    let elements = orders.map { builder.values.integer(Int64($0)) }
    let all = builder.values.list(elements)
    try builder.append(event(.ok, read, all, 11_001))
    return builder.finish()
  }

  private static func marks() throws -> [FaultMark] {
    try plan().schedule.map { step in
      let at = origin + Int(step.at.seconds * 1000)
      var mark = FaultMark(
        id: step.id, name: step.name, summary: step.text, targets: [.init(text: "web/page")],
        injected: .milliseconds(at))
      mark.isAction = step.isAction
      mark.confirmed = .milliseconds(at + 5)
      if let healing = step.healing.time {
        mark.healed = .milliseconds(origin + Int(healing.seconds * 1000))
        mark.healConfirmed = mark.healed
      }
      return mark
    }
  }
}

extension Instant {
  static func milliseconds(_ count: Int) -> Instant {
    Instant(nanoseconds: Int64(count) * 1_000_000)
  }
}
