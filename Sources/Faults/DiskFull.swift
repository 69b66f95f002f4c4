public import Basics
internal import Durability

/// The disk under a component has no room left: nothing new fits, what is there can be overwritten.
public struct DiskFull: DiskFault {
  public static let name = "disk-full"
  public static let isUndone = false
  public static let summary = "Leaves no room on the disk of a component (ENOSPC)."
  public static let schema = Schema([pathKey])
  public static let mustLast = true

  let rule: DiskRule

  public init(_ settings: Settings) throws(FaultSettingsError) {
    rule = DiskRule(.fail(.full), on: [.grow, .create], of: try settings.diskPaths())
  }

  public var text: String { "full disk under" }

  func judge(_ probing: DiskProbing) -> Confirmation {
    probing.confirm(.full, of: [.grow, .create])
  }
}
