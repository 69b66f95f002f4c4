public import Basics
internal import Stacks

/// The operator makes a standby the primary. Confirmed by its own role query.
public struct Promote: Action {
  public static let name = "promote"
  public static let summary = "Makes a standby the primary, with the component's own command."
  public static let schema = Schema.empty
  public static let aim = Aim.instances

  /// The words with which a role query names who leads.
  public static let leadingRoles: Set<String> = ["leader", "primary", "master", "active"]

  public init(_ settings: Settings) throws(FaultSettingsError) {}

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
      return Self.leadingRoles.contains(role.lowercased()) ? nil : "\(instance) is \(role)"
    }
  }
}
