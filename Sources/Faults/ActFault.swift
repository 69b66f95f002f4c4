internal import Basics
internal import Stacks

/// A fault, or an operator's step, that a component knows how to do: an act of its folder.
///
/// Confirmed by the act's own probe, where it has one; else the success of its command must do.
protocol ActFault: Fault {
  /// As the component's `acts` name it.
  var act: String { get }
  /// What the act is about: `TARGET` to its commands.
  var about: String { get }
  /// The key of the step that a missing act is blamed on.
  static var blamed: String { get }
}

extension ActFault {
  public static var aim: Aim { .instances }
  static var blamed: String { "component" }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    missingAct(aimedAt: aim, in: stack)
  }

  /// Why the component cannot do it; nil when it can.
  func missingAct(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard case .target(_, let component?) = aim,
      let instance = stack.instances(of: component).first, instance.act(act) == nil
    else { return nil }
    let known = instance.acts.map(\.name)
    let others = known.isEmpty ? "it has none" : "it has " + listed(known)
    return FaultSettingsError(
      Self.blamed, "'\(component)' has no act '\(act)' in its component.yaml; \(others)")
  }

  func begin(on cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try forEach(targets) { instance throws(FaultError) in
      try cluster.carryOut(act, .command, on: instance, about: about)
    }
  }

  func shown(on cluster: some Cluster, _ targets: Targets) throws(FaultError) -> Confirmation {
    var isProbed = true
    let looks = try targets.instances.confirmed("\(listed(targets.instances)): \(act) is in effect")
    {
      instance throws(FaultError) in
      guard let shows = try cluster.shows(act, on: instance, about: about) else {
        isProbed = false
        return nil
      }
      return shows ? nil : "\(instance) does not show '\(act)'"
    }
    return isProbed || !looks.isConfirmed
      ? looks : .yes("\(listed(targets.instances)): the command of \(act) succeeded")
  }

  func end(on cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try forEach(targets) { instance throws(FaultError) in
      guard cluster.stack.instance(instance)?.act(act)?.undo.isEmpty == false else { return }
      try cluster.carryOut(act, .undo, on: instance, about: about)
    }
  }

  func shownNoMore(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    try targets.instances.confirmed("\(listed(targets.instances)): \(act) is over") {
      instance throws(FaultError) in
      guard cluster.stack.instance(instance)?.act(act)?.undo.isEmpty == false else { return nil }
      let shows = try cluster.shows(act, on: instance, about: about) ?? false
      return shows ? "\(instance) still shows '\(act)'" : nil
    }
  }

  private func forEach(
    _ targets: Targets, _ act: (InstanceID) throws(FaultError) -> Void
  ) throws(FaultError) {
    var attempts = Attempts()
    for instance in targets.instances {
      attempts.attempt { () throws(FaultError) in try act(instance) }
    }
    try attempts.finish()
  }
}

extension ActFault {
  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try begin(on: cluster, targets)
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    try shown(on: cluster, targets)
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    try end(on: cluster, targets)
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    try shownNoMore(on: cluster, targets)
  }
}
