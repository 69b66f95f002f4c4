public import Basics

/// The operator ends every fault that is active; the nemesis itself does it.
public struct HealAll: Action {
  public static let name = "heal-all"
  public static let summary = "Heals every active fault now, the last first."
  public static let schema = Schema.empty
  public static let aim = Aim.everything

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {}

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    .yes("every active fault was told to heal")
  }
}
