public import Basics
internal import Durability

/// The file system under a component can only be read, as after an error that its kernel did not trust.
public struct DiskReadOnly: DiskFault {
  public static let name = "disk-read-only"
  public static let isUndone = false
  public static let summary = "Refuses every change on the disk of a component (EROFS)."
  public static let schema = Schema([pathKey])
  public static let mustLast = true

  let rule: DiskRule

  public init(_ settings: Settings) throws(FaultSettingsError) {
    let changes: Set<DiskOperation> = [
      .write, .grow, .create, .remove, .rename, .truncate, .change, .openToWrite,
    ]
    rule = DiskRule(.fail(.readOnly), on: changes, of: try settings.diskPaths())
  }

  public var text: String { "read-only disk under" }

  func judge(_ probing: DiskProbing) -> Confirmation {
    probing.confirm(.readOnly, of: [.write, .create])
  }
}
