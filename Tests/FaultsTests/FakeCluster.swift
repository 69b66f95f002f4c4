import Basics
import Faults
import Histories
import Links
import YAML

@testable import Stacks

/// A stack that only pretends, and writes down what is asked of it.
final class FakeCluster: Cluster {
  let stack: ResolvedStack
  var transcript: [String] = []
  var now = Instant.start

  var latencies: [Duration] = []
  var owners: [NodeID] = ["lb-a"]
  /// Who holds the address at each look, one after another.
  var ownerChanges: [[NodeID]] = []
  var roles: [String: String] = ["db-a/db": "primary", "db-b/db": "standby"]
  var states: [InstanceID: InstanceState] = [:]
  var startings: [InstanceID: Starting] = [:]
  var releases: [InstanceID: Release] = [:]
  var spares: Set<NodeID> = []
  /// Which acts are in effect.
  var shown: [String: Bool] = [:]
  var hasProbes = true
  var outcomes: [NodeID: CommandOutcome] = [:]
  /// By instance and probe, with a space between them.
  var readings: [String: Double] = [:]
  var operations = OperationCounts(good: 0, bad: 0)
  var unpowered: Set<NodeID> = []
  var carrierless: Set<NodeID> = []
  var disks = FakeDisks()
  var policies: [String: PolicyTraffic] = [:]
  /// What a new policy's counters show at once.
  var traffic = PolicyTraffic(dropped: 3, passed: 0, probes: [.seen(lost: 1)])
  /// What is squeezed, by key, and what is read of each at every look.
  var squeezes: [String: Squeeze] = [:]
  var squeezeReading: SqueezeReading?
  /// By node and address, with a space between them.
  var neighbours: [String: NeighbourEntry] = [:]
  /// Whether an entry that is fixed is there afterwards.
  var takesNeighbours = true
  /// How long a started instance takes to be ready.
  var startTime = Duration.zero
  var startedAt: [InstanceID: Instant] = [:]
  /// Whether its processes ignore SIGTERM.
  var isDeaf = false
  var clocks = FakeClocks()
  /// Acts that fail, by the beginning of their line.
  var failing: Set<String> = []

  init() throws {
    let component =
      "{name: %, binary: /bin/x, command: [x], start-after: [], role: {command: [r]}, promote: {command: [p]}, "
      + "acts: {drain: {command: [d], undo: [u], shows: {command: [s]}}, notice: {command: [n]}, "
      + "say-healthy: {command: [h], undo: [u]}, say-unhealthy: {command: [h], undo: [u]}, once: {command: [o]}}}"
    let stackText = """
      title: t
      sites: [a, b, out]
      networks: {lan: {subnet: 10.0.0.0/8}}
      addresses: {vip: {ip: 10.0.0.100, network: lan}}
      nodes:
        lb-a: {site: a, role: balancer, ip: 10.0.0.1, components: [proxy, vrrp]}
        lb-b: {site: b, role: balancer, ip: 10.0.0.2, components: [proxy, vrrp]}
        db-a: {site: a, role: database, ip: 10.0.0.3, components: [db]}
        db-b: {site: b, role: database, ip: 10.0.0.4, components: [db]}
        client: {site: out, role: client, ip: 10.0.0.9}
      """
    let files = ["proxy", "vrrp", "db"].map { name in
      ("c/\(name)/component.yaml", component.replacing("%", with: name))
    }
    let library = MemoryLibrary(
      texts: Dictionary(uniqueKeysWithValues: files + [("s.yaml", stackText)]))
    stack = try ResolvedStack.resolve(
      StackOutline.read("s.yaml", from: library), given: [], components: ["c"], library: library,
      machine: .imaginary, at: Mark(file: ""))
    for instance in stack.nodes.flatMap(\.instances) {
      states[instance.id] = InstanceState(isMainAlive: true, processes: 2)
    }
  }

  func act(_ line: String) throws(FaultError) {
    transcript.append(line)
    if failing.contains(where: { line.hasPrefix($0) }) { throw FaultError(line, "refused") }
  }

  func owners(of address: String) throws(FaultError) -> [NodeID] {
    if !ownerChanges.isEmpty { owners = ownerChanges.removeFirst() }
    return owners
  }

  func role(of instance: InstanceID) throws(FaultError) -> String {
    guard let role = roles[instance.description] else {
      throw FaultError("ask \(instance)", "no answer")
    }
    return role
  }

  func state(of instance: InstanceID) throws(FaultError) -> InstanceState {
    guard let state = states[instance] else { throw FaultError("look at \(instance)", "unknown") }
    return state
  }

  func isReady(_ instance: InstanceID) throws(FaultError) -> Bool {
    guard states[instance]?.isMainAlive == true else { return false }
    return startedAt[instance].map { $0.advanced(by: startTime) <= now } ?? true
  }

  func signal(_ signal: Signal, _ instance: InstanceID, mainOnly: Bool) throws(FaultError) {
    try act("signal \(signal.rawValue) \(instance)\(mainOnly ? " main" : "")")
    guard !isDeaf || signal == .kill else { return }
    states[instance]?.isMainAlive = false
    states[instance]?.processes = mainOnly && signal == .kill ? 1 : 0
  }

  func stop(_ instance: InstanceID) throws(FaultError) {
    try act("stop \(instance)")
    states[instance]?.isMainAlive = false
    states[instance]?.processes = 0
  }

  func start(_ instance: InstanceID) throws(FaultError) {
    try act("start \(instance)")
    guard states[instance]?.isMainAlive == false else { return }
    let starts = (states[instance]?.starts ?? []) + [now]
    let isRefused = startings[instance] == .refused
    states[instance] = InstanceState(
      isMainAlive: !isRefused, processes: isRefused ? 0 : 2, starts: starts)
    startedAt[instance] = now
  }

  func setStarting(_ starting: Starting, of instance: InstanceID) throws(FaultError) {
    try act("let \(instance) start \(starting)")
    startings[instance] = starting
    if case .delayed(let delay) = starting { startTime = delay } else { startTime = .zero }
  }

  func replace(_ instance: InstanceID, by release: Release) throws(FaultError) {
    let what = release.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    try act(
      "replace \(instance) by \((what + [release.variant].compactMap(\.self)).joined(separator: " "))"
    )
    releases[instance] = release
  }

  func release(of instance: InstanceID) throws(FaultError) -> Release? { releases[instance] }

  func isSpare(_ node: NodeID) -> Bool { spares.contains(node) }

  func setSpare(_ node: NodeID, _ isSpare: Bool) {
    transcript.append("\(node) \(isSpare ? "stands by" : "serves")")
    if isSpare { spares.insert(node) } else { spares.remove(node) }
  }

  func carryOut(_ act: String, _ part: ActPart, on instance: InstanceID, about target: String)
    throws(FaultError)
  {
    try self.act("\(act) \(part.rawValue) \(instance) \(target)")
    shown[act] = part == .command
  }

  func shows(_ act: String, on instance: InstanceID, about target: String) throws(FaultError)
    -> Bool?
  {
    hasProbes ? shown[act] ?? false : nil
  }

  func launch(
    _ command: [String], on node: NodeID, as component: String?, within: Duration, key: String
  ) throws(FaultError) {
    try act("\(key): \(command.joined(separator: " ")) on \(node) as \(component ?? "-")")
  }

  func outcome(of key: String, on node: NodeID) throws(FaultError) -> CommandOutcome? {
    outcomes[node]
  }

  func firstLeader(of component: String) -> InstanceID? {
    InstanceID(node: "db-a", component: component)
  }

  func lastRole(of instance: InstanceID) -> String? { roles[instance.description] }

  func lastReading(of probe: String, on instance: InstanceID) -> Double? {
    readings["\(instance) \(probe)"]
  }

  func latencies(of workload: String?, over length: Duration) -> [Duration] { latencies }

  func operations(of workload: String?, over length: Duration?) -> OperationCounts { operations }

  func promote(_ instance: InstanceID) throws(FaultError) {
    try act("promote \(instance)")
    roles[instance.description] = "primary"
  }

  func freeze(_ instance: InstanceID) throws(FaultError) {
    try act("freeze \(instance)")
    states[instance]?.isFrozen = true
  }

  func thaw(_ instance: InstanceID) throws(FaultError) {
    try act("thaw \(instance)")
    states[instance]?.isFrozen = false
  }

  func powerOff(_ node: NodeID) throws(FaultError) {
    try act("power off \(node)")
    unpowered.insert(node)
    for instance in stack.node(node)?.instances ?? [] {
      states[instance.id] = InstanceState(isMainAlive: false, processes: 0)
    }
  }

  func powerOn(_ node: NodeID, except heldDown: Set<InstanceID>) throws(FaultError) {
    let except = heldDown.sorted().map(\.description).joined(separator: ",")
    try act("power on \(node)\(except.isEmpty ? "" : " except " + except)")
    unpowered.remove(node)
    for instance in stack.node(node)?.instances ?? [] where !heldDown.contains(instance.id) {
      states[instance.id] = InstanceState(isMainAlive: true, processes: 2, starts: [.start, now])
    }
  }

  func power(of node: NodeID) throws(FaultError) -> PowerState {
    let processes = (stack.node(node)?.instances ?? []).map { states[$0.id]?.processes ?? 0 }
    return PowerState(isOn: !unpowered.contains(node), processes: processes.reduce(0, +))
  }

  func setCarrier(of node: NodeID, isUp: Bool) throws(FaultError) {
    try act("carrier \(node) \(isUp ? "up" : "down")")
    if isUp { carrierless.remove(node) } else { carrierless.insert(node) }
  }

  func hasCarrier(_ node: NodeID) throws(FaultError) -> Bool { !carrierless.contains(node) }

  func impair(_ policy: Policy) throws(FaultError) {
    let first = policy.paths[0]
    let from = first.sources.sorted().map(\.text).joined(separator: ",")
    let to = first.targets.sorted().map(\.text).joined(separator: ",")
    let what = policy.impairment
    let effect =
      what.isCut
      ? "cut"
      : what.loss > .none
        ? "loss \(what.loss)"
        : what.isHolding && what.delay > .zero
          ? "delay \(what.delay.text) \(what.jitter.text)"
          : what.forgery.map { "\($0.words)" } ?? "otherwise"
    let kind = policy.kind.map { " of \($0)" } ?? ""
    try act(
      "impair \(policy.name) \(from) \(policy.paths.count > 1 ? "<>" : ">") \(to) \(effect)\(kind)")
    policies[policy.name] = traffic
  }

  func lift(policy name: String) throws(FaultError) {
    try act("lift \(name)")
    policies[name] = nil
  }

  func traffic(under policy: String) throws(FaultError) -> PolicyTraffic? { policies[policy] }
}

extension Forgery {
  fileprivate var words: String {
    switch self {
    case .resets(let scope): "reset \(scope.rawValue)"
    case .names(let forgery): "names \(forgery.names.map(\.description))"
    }
  }
}

extension ProbedWay {
  /// A way between two nodes, and what became of the probes on it.
  static func seen(
    wasOpen: Bool = true, arrived: Int = 0, lost: Int = 0, typical: Duration? = nil
  ) -> ProbedWay {
    ProbedWay(
      source: "lb-a", target: "db-b", wasOpen: wasOpen, arrived: arrived, lost: lost,
      typical: typical)
  }
}

/// A schedule run on a fake cluster under a time of its own.
struct Trial {
  let cluster: FakeCluster
  var marks: [FaultMark] = []
  var failures: [FaultError] = []
  var journal: [FaultChange] = []
  var abortion: String?
  var halts: [String] = []
  /// How long each step was held up, by its id.
  var waits: [Int: Duration] = [:]
  var refusals: [Int: String] = [:]

  /// - Parameters:
  ///   - events: what happens to the cluster by itself, at moments of the run.
  ///   - orders: what people ask for, and when; with it, it goes on until it is cancelled.
  ///   - opens: with it, each step waits for one of these moments.
  init(
    _ steps: [Step], on cluster: FakeCluster, seed: UInt64 = 1, heals: Bool = true,
    isJournalBroken: Bool = false, abortWhen: [Condition] = [],
    events: [(at: Duration, what: (FakeCluster) -> Void)] = [],
    orders: [(at: Duration, what: (inout Inbox) -> Void)]? = nil,
    opens: [Duration]? = nil, cancelAt: Duration? = nil
  ) {
    self.cluster = cluster
    var waiting = events.sorted { $0.at < $1.at }
    var lines: [FaultChange] = []
    let pace = Pace(
      now: { cluster.now },
      sleep: { duration in
        var target = cluster.now.advanced(by: max(duration, .microseconds(1)))
        if let next = waiting.first, Instant.start.advanced(by: next.at) <= target {
          target = max(cluster.now, Instant.start.advanced(by: next.at))
          waiting.removeFirst()
          next.what(cluster)
        }
        cluster.now = target
      })
    var inbox = Inbox(after: steps.count)
    var asked = (orders ?? []).sorted { $0.at < $1.at }
    var said: [String] = []
    var refused: [Int: String] = [:]
    let listening = orders.map { _ in
      Nemesis<FakeCluster>.Listening(
        orders: {
          while let next = asked.first, Instant.start.advanced(by: next.at) <= cluster.now {
            asked.removeFirst()
            next.what(&inbox)
          }
          return inbox.take()
        }, halted: { said.append($0) }, refused: { refused[$0.id] = $1.description })
    }
    var openings = opens ?? []
    var waited: [Int: Duration] = [:]
    let gate = opens.map { _ in
      Nemesis<FakeCluster>.Gate(
        opens: { _ in
          guard let next = openings.first, cluster.now >= .start.advanced(by: next) else {
            return false
          }
          openings.removeFirst()
          return true
        }, opened: { waited[$0.id] = $1 })
    }
    var nemesis = Nemesis(
      schedule: steps, cluster: cluster, chance: Chance(seed: seed), pace: pace,
      abortWhen: abortWhen, listening: listening, gate: gate
    ) { entry throws(FaultError) in
      if isJournalBroken { throw FaultError("write the journal", "disk full") }
      lines.append(entry)
      cluster.transcript.append("journal \(entry.phase.rawValue) \(entry.mark.id)")
    }
    nemesis.run(from: .start) { cancelAt.map { cluster.now >= .start.advanced(by: $0) } ?? false }
    if heals { nemesis.healAll(limit: .seconds(5)) }
    marks = nemesis.marks
    failures = nemesis.failures
    abortion = nemesis.abortion
    halts = said
    refusals = refused
    waits = waited
    journal = lines
  }

  /// What was done to the cluster, without the journal.
  var acts: [String] { cluster.transcript.filter { !$0.hasPrefix("journal") } }
}

extension Step {
  /// A step that is injected at `at` and healed `length` later.
  static func fault(
    _ id: Int, _ fault: some Fault, at: Duration, for length: Duration?, _ aim: AimedAt
  ) -> Step {
    Step(id: id, at: at, healing: length.map { .at(at + $0) } ?? .atEnd, fault: fault, aim: aim)
  }

  static func action(_ id: Int, _ fault: some Fault, at: Duration, _ aim: AimedAt) -> Step {
    Step(id: id, at: at, healing: .never, fault: fault, aim: aim)
  }
}
