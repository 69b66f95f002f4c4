public import Basics
public import Histories
internal import Stacks

/// A fault that moves the clock of running servers, and of nothing else on the machine.
///
/// Confirmed by what each of its processes would read, and by the server's own word where its
/// component has a `clock` query; both must last until it is healed.
public protocol ClockFault: Fault {
  /// What is done to the clock.
  var movement: ClockMovement { get }
}

extension ClockFault {
  public static var aim: Aim { .nodesOrInstances }
  public static var mustLast: Bool { true }
  public static var needs: Set<MachineNeed> { [.movedClocks] }

  public static var confirmation: String {
    "By asking the server for the time where its component says how, and by reading each process' clock; "
      + "it must still hold when it is healed."
  }

  public func holds(on targets: Targets) -> Set<Hold> {
    Set(targets.instances.map { .clock($0) }).union(targets.nodes.map { .clocks($0) })
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    let instances = targets.instances(in: cluster.stack)
    guard !instances.isEmpty else {
      throw FaultError("\(text) \(listed(targets.nodes))", "no component runs there")
    }
    for instance in instances {
      attempts.attempt { () throws(FaultError) in
        try Targets(.instances([instance])).requireRunning(on: cluster, for: Self.name)
        try cluster.moveClock(of: instance, movement, as: targets.policy)
      }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    var sentences: [String] = []
    for instance in targets.instances(in: cluster.stack) {
      let look = try cluster.clock(of: instance)
      if let missing = look.missing(of: movement) { return .notYet("\(instance): \(missing)") }
      sentences.append("\(instance) \(look.sentence)")
    }
    return .yes(sentences.joined(separator: "; "))
  }

  public func measures(on cluster: some Cluster, _ targets: Targets) throws(FaultError)
    -> [FaultMeasure]
  {
    var measures: [FaultMeasure] = []
    for instance in targets.instances(in: cluster.stack) {
      measures += [try cluster.clock(of: instance).measure(of: instance)].compactMap(\.self)
    }
    return measures
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    var attempts = Attempts()
    for instance in targets.instances(in: cluster.stack) {
      attempts.attempt { () throws(FaultError) in
        try cluster.restoreClock(of: instance, as: targets.policy)
      }
    }
    try attempts.finish()
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    var sentences: [String] = []
    for instance in targets.instances(in: cluster.stack) {
      let isShared = others.contains(.clock(instance)) || others.contains(.clocks(instance.node))
      let look = try cluster.clock(of: instance)
      if let wrong = look.wrongAfterHealing(isShared: isShared) {
        return .notYet("\(instance): \(wrong)")
      }
      sentences.append("\(instance) \(look.healedSentence)")
    }
    return .yes(sentences.joined(separator: "; "))
  }
}
