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
  ])
  public static let aim = Aim.instances
  public static let confirmation =
    "By each instance having been started since with what it was to become, and being ready."

  /// The parameters that change, as written.
  public let parameters: [String: String]
  /// The variant it is to be from now on; nil where that stays.
  public let variant: String?
  /// How long an instance has to be up before the next is stopped, counted from its start.
  public let pause: Duration
  /// How long it all may take.
  public let limit: Duration

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
    guard limit > .zero else { throw FaultSettingsError("limit", "'limit' must not be zero") }
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
    return "redeploy with other " + listed(what)
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
    for instance in targets.instances
    where try cluster.release(of: instance) != release(of: instance.component) {
      return .no("\(instance) was not redeployed yet")
    }
    return try turns(targets, cluster).confirmed(Self.done, on: cluster, since: injected)
  }
}
