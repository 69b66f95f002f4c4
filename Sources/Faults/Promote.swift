public import Basics
public import Stacks

/// The operator makes a standby the primary. Confirmed by its own role query.
public struct Promote: Action {
  public static let name = "promote"
  public static let summary = "Makes a standby the primary, with the component's own command."
  public static let schema = Schema.empty
  public static let aim = Aim.instances

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard case .target(_, let component?) = aim,
      let instance = stack.instances(of: component).first, instance.promote == nil
    else { return nil }
    return FaultSettingsError("component", "'\(component)' has no 'promote' command")
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for instance in targets.instances {
      attempts.attempt { () throws(FaultError) in try cluster.promote(instance) }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    try targets.instances.confirmed("\(listed(targets.instances)) says that it leads") {
      instance throws(FaultError) in
      let role = try cluster.role(of: instance)
      return cluster.stack.leadingWords(of: instance.component).contains(role)
        ? nil : "\(instance) is \(role)"
    }
  }
}
