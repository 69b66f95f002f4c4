internal import Basics
internal import Histories
internal import Links
internal import Stacks

/// A fault of the way between nodes: a policy on the fabric, under a name of its own, so that
/// several at once do not disturb each other.
///
/// Confirmed by probes of the harness' own, which cross every way of the policy before it is in
/// place and while it is: what happens to them is seen from outside the fabric.
protocol PathFault: Fault {
  var impairment: Impairment { get }
  /// Only packets of this kind; nil: all.
  var kind: PacketKind? { get }
  /// What it does to packets: `delay 50ms ± 10ms`.
  var effect: String { get }
  /// The ways from end to end that it is about.
  func paths(on targets: Targets) -> [Path]
  /// What the probes of the ways that were open before, and the fabric's counters, must show.
  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation
  /// What was asked for beside what probes and counters show, where there is a figure to it.
  func measures(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> [FaultMeasure]
}

extension PathFault {
  var effect: String { Self.name }

  public var text: String { effect + (kind.map { " of \($0)" } ?? "") }

  public var part: String { kind?.description ?? "" }

  /// Address resolution asks neighbours only.
  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard kind?.isOfNeighbours == true, case .path(let from, let to?, _) = aim,
      let sources = from.nodes(in: stack), let targets = to.nodes(in: stack)
    else { return nil }
    let areNeighbours = sources.contains { source in
      targets.contains { target in
        source.interfaces.contains { target.interface(on: $0.network) != nil }
      }
    }
    if areNeighbours { return nil }
    return FaultSettingsError(
      Self.schema.key(named: "protocol") == nil ? "between" : "protocol",
      "\(from) and \(to) have no network in common, and no router passes ARP on")
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try impair(cluster, targets)
  }

  func paths(on targets: Targets) -> [Path] {
    guard case .path(let from, let to, let isTwoWay) = targets.kind else { return [] }
    let (one, other) = (Set(from), Set(to))
    return isTwoWay ? Path.between(one, other) : [Path(from: one, to: other)]
  }

  /// Only what loses every packet cuts a way: others find some of theirs gone.
  public func reach(on targets: Targets) -> FaultReach {
    .ways(
      paths(on: targets).map { .init(from: $0.sources, to: $0.targets) },
      impairment.isCut && kind == nil ? .cut : .impaired)
  }

  /// Puts its policy in place.
  func impair(_ cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    let paths = paths(on: targets)
    guard !paths.isEmpty else { throw FaultError(text, "it is about the way between nodes") }
    try cluster.impair(
      Policy(name: targets.policy, paths: paths, impairment: impairment, kind: kind))
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    guard let traffic = try cluster.traffic(under: targets.policy) else {
      return .notYet("the fabric knows no policy '\(targets.policy)'")
    }
    let open = traffic.probes.filter(\.wasOpen)
    guard !open.isEmpty else {
      return .notYet("no probe arrived on any of its ways before it, so it changed nothing")
    }
    return judge(open, traffic)
  }

  func measures(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> [FaultMeasure] { [] }

  public func measures(on cluster: some Cluster, _ targets: Targets) throws(FaultError)
    -> [FaultMeasure]
  {
    guard let traffic = try cluster.traffic(under: targets.policy) else { return [] }
    return measures(traffic.probes.filter(\.wasOpen), traffic)
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    try cluster.lift(policy: targets.policy)
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    try cluster.traffic(under: targets.policy) == nil
      ? .yes("the fabric applies it no more") : .notYet("the fabric still applies it")
  }
}

extension FaultMeasure {
  /// A share of the packets that something was done to; nil where there was none.
  static func share(_ what: String, _ requested: Ratio, _ count: Int, of total: Int)
    -> FaultMeasure?
  {
    guard total > 0 else { return nil }
    let share = Decimal.trimmed(Double(count) / Double(total) * 100, decimals: 2)
    return FaultMeasure(
      what, requested: "\(requested)", measured: "\(share)% of \(total) packets")
  }
}

extension PacketKind {
  /// Whether neighbours exchange it, and no router passes it on.
  fileprivate var isOfNeighbours: Bool { carried == .arp || carried == .neighbours }
}

extension Settings {
  /// A share of the packets, which a fault of a path does something to.
  ///
  /// - Throws: where it is zero, or is not said.
  func share(_ key: String) throws(FaultSettingsError) -> Ratio {
    guard let share = ratio(key), share > .none else {
      throw FaultSettingsError(key, "the share must not be zero")
    }
    return share
  }
}
