public import Basics
public import Stacks

/// The operator makes the instance the leader again that led when the method began. Confirmed by its own
/// role query.
public struct FailBack: Action {
  public static let name = "fail-back"
  public static let summary = "Makes the instance lead again that led when the method began."
  public static let schema = Schema([
    .init("component", .text, "Of which component.", isRequired: true, example: "database")
  ])
  public static let aim = Aim.everything
  public static let confirmation = "By that instance's own role query, and no other's saying so."

  /// Of which component.
  public let component: String

  public init(_ settings: Settings) throws(FaultSettingsError) {
    component = settings.text("component") ?? ""
  }

  public var text: String { "fail \(component) back" }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    let instances = stack.instances(of: component)
    guard let instance = instances.first else {
      return FaultSettingsError("component", "no component '\(component)' is in the stack")
    }
    return instance.promote == nil || instance.role == nil
      ? FaultSettingsError("component", "'\(component)' needs 'role' and 'promote' for that") : nil
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try cluster.promote(first(on: cluster))
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    let first = try first(on: cluster)
    let words = cluster.stack.leadingWords(of: component)
    guard words.contains(try cluster.role(of: first)) else { return .no("\(first) does not lead") }
    for other in cluster.stack.instances(of: component).map(\.id) where other != first {
      if let role = cluster.lastRole(of: other), words.contains(role) {
        return .no("\(other) leads, too")
      }
    }
    return .yes("\(first) leads again, and nobody else")
  }

  private func first(on cluster: some Cluster) throws(FaultError) -> InstanceID {
    guard let first = cluster.firstLeader(of: component) else {
      throw FaultError("fail \(component) back", "nobody was seen to lead when the method began")
    }
    return first
  }
}
