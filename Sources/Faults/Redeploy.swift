public import Basics
public import Stacks

/// The operator replaces a component's variant or its parameters, one instance after another; each must be
/// ready again before the next is stopped. Its data stay.
///
/// Confirmed when all have been started with it and are ready.
public struct Redeploy: InTurns {
  public static let name = "redeploy"
  public static let summary =
    "Replaces a component's variant or parameters, one instance at a time, and waits for each to be ready."
  public static let schema = Schema([
    .init(
      "with", .mapping,
      "The component's parameters that change, and what they become; without it only the variant does.",
      example: "{workers: 4}"),
    .init(
      "variant", .text,
      "The component's variant that is taken from now on; without it the one that the machine has."),
    .init("pause", .duration, "How long one has to be ready before the next.", default: "0s"),
    .init("limit", .duration, "How long it all may take; then it has failed.", default: "60s"),
    .init(
      "must-stop", .flag,
      "It is a version that must not get through: the roll-out has to stop at an instance that is not ready"
        + " 'patience' after its start, and leave those behind it as they are.", default: "false"),
    .init(
      "patience", .duration, "With must-stop: how long an instance has to get ready.", default: "5s"
    ),
  ])
  public static let aim = Aim.instances
  public static let confirmation =
    "By each instance having been started since with what it was to become, and being ready; with must-stop, by "
    + "one that does not get ready and those behind it not having been touched."

  /// The parameters that change, as written.
  public let parameters: [String: String]
  /// The variant it is to be from now on; nil where that stays.
  public let variant: String?
  /// How long an instance has to be up before the next is stopped, counted from its start.
  public let pause: Duration
  /// How long it all may take.
  public let limit: Duration
  /// How long an instance has to get ready where one must not; nil: all must.
  public let patience: Duration?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    var parameters: [String: String] = [:]
    if case .mapping(let given)? = settings["with"] {
      for (name, value) in given {
        guard case .text(let text) = value else {
          throw FaultSettingsError("with", "'\(name)' must be a single value")
        }
        parameters[name] = text
      }
    }
    self.parameters = parameters
    variant = settings.text("variant")
    pause = settings.duration("pause") ?? .zero
    limit = settings.duration("limit") ?? .seconds(60)
    patience =
      settings.flag("must-stop") == true ? settings.duration("patience") ?? .seconds(5) : nil
    guard limit > .zero else { throw FaultSettingsError("limit", "'limit' must not be zero") }
    if let patience, patience >= limit {
      throw FaultSettingsError("patience", "'patience' must be less than 'limit', \(limit.text)")
    }
    if patience == nil, settings["patience"] != nil {
      throw FaultSettingsError("patience", "'patience' means something with 'must-stop: true' only")
    }
    guard !parameters.isEmpty || variant != nil else {
      throw FaultSettingsError(
        "with",
        "say what changes: 'with' other parameters, or another 'variant'; to start the same anew there is "
          + "'\(RollingRestart.name)'")
    }
  }

  /// Names what changes, not to what: that may be a secret.
  public var text: String {
    let what = (variant.map { ["the variant \($0)"] } ?? []) + parameters.keys.sorted()
    return "redeploy with other " + listed(what) + (patience == nil ? "" : ", which must stop")
  }

  public func release(aimedAt aim: AimedAt) -> Release? {
    guard case .target(_, let component?) = aim else { return nil }
    return release(of: component)
  }

  private func release(of component: String) -> Release {
    Release(of: component, variant: variant, parameters: parameters)
  }

  static let done = "redeployed"

  func change(_ instance: InstanceID, on cluster: some Cluster) throws(FaultError) {
    try cluster.replace(instance, by: release(of: instance.component))
  }

  public func confirm(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  )
    throws(FaultError) -> Confirmation
  {
    if let patience {
      return try stopped(targets.instances, patience, on: cluster, since: injected, now: now)
    }
    for instance in targets.instances
    where try cluster.release(of: instance) != release(of: instance.component) {
      return .no("\(instance) was not redeployed yet")
    }
    return try turns(targets, cluster).confirmed(Self.done, on: cluster, since: injected)
  }

  /// Looks whether one of them does not get ready, and those behind it were not touched.
  private func stopped(
    _ instances: [InstanceID], _ patience: Duration, on cluster: some Cluster,
    since injected: Instant, now: Instant
  ) throws(FaultError) -> Confirmation {
    for (index, instance) in instances.enumerated() {
      let start = try cluster.state(of: instance).starts.last { $0 >= injected }
      guard let start else { return .notYet("\(instance) was not redeployed yet") }
      if try cluster.isReady(instance) { continue }
      guard start.advanced(by: patience) <= now else {
        return .notYet("\(instance) is not ready, but may still become so")
      }
      let rest = instances[(index + 1)...]
      for other in rest
      where try cluster.state(of: other).starts.contains(where: { $0 >= injected }) {
        return .no("\(other) was redeployed although \(instance) is not ready")
      }
      return .yes(
        "\(instance) was not ready within \(patience.text), and "
          + (rest.isEmpty ? "it was the last" : "\(listed(Array(rest))) stayed as before"))
    }
    return .no("\(listed(instances)) redeployed and ready: nothing stopped it")
  }
}
