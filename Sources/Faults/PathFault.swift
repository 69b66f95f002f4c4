internal import Basics

/// A fault of the way between nodes: a policy on the fabric, under a name of its own, so that
/// several at once do not disturb each other.
protocol PathFault: Fault {
  var effect: Policy.Effect { get }
  /// What the fabric's counters must show.
  func judge(_ traffic: PolicyTraffic) -> Confirmation
}

extension PathFault {
  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    guard case .path(let from, let to, let isTwoWay) = targets.kind else {
      throw FaultError(text, "it is about the way between nodes")
    }
    try cluster.impair(
      Policy(name: targets.policy, from: from, to: to, isTwoWay: isTwoWay, effect: effect))
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    guard let traffic = try cluster.traffic(under: targets.policy) else {
      return .notYet("the fabric knows no policy '\(targets.policy)'")
    }
    guard traffic.dropped + traffic.passed > 0 else {
      return .notYet("no traffic went that way, so nothing shows that it worked")
    }
    return judge(traffic)
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
