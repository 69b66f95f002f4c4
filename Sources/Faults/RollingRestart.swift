public import Basics

/// The operator restarts a component's instances one after another; each must be ready again before the
/// next is stopped.
///
/// Confirmed when all have been started anew and are ready.
public struct RollingRestart: InTurns {
  public static let name = "rolling-restart"
  public static let summary =
    "Restarts instances one at a time, each in good order, and waits for it to be ready."
  public static let schema = Schema([
    .init("pause", .duration, "How long one has to be ready before the next.", default: "0s"),
    .init("limit", .duration, "How long it all may take; then it has failed.", default: "60s"),
  ])
  public static let aim = Aim.nodesOrInstances
  public static let confirmation = "By each instance having been started since, and being ready."

  /// How long an instance has to be up before the next is stopped, counted from its start.
  public let pause: Duration
  /// How long it all may take.
  public let limit: Duration

  public init(_ settings: Settings) throws(FaultSettingsError) {
    pause = settings.duration("pause") ?? .zero
    limit = settings.duration("limit") ?? .seconds(60)
    guard limit > .zero else { throw FaultSettingsError("limit", "'limit' must not be zero") }
  }

  public var text: String { "restart one by one" }

  static let done = "restarted"

  func change(_ instance: InstanceID, on cluster: some Cluster) throws(FaultError) {}
}
