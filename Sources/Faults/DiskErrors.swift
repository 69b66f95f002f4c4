public import Basics
internal import Durability

/// The medium under a component fails: reads or writes get EIO.
public struct DiskErrors: DiskFault {
  public static let name = "disk-errors"
  public static let isUndone = false
  public static let summary = "Fails reads or writes on the disk of a component (EIO)."
  public static let schema = Schema([
    .init("of", .choice(["reads", "writes", "both"]), "What fails.", default: "both"), pathKey,
  ])
  public static let mustLast = true

  let rule: DiskRule
  private let operations: [DiskOperation]

  public init(_ settings: Settings) throws(FaultSettingsError) {
    operations =
      switch settings.text("of") {
      case "reads": [.read]
      case "writes": [.write]
      default: [.read, .write]
      }
    rule = DiskRule(.fail(.io), on: Set(operations), of: try settings.diskPaths())
  }

  public var text: String {
    "\(operations.map(\.rawValue).joined(separator: " and ")) errors under"
  }

  func judge(_ probing: DiskProbing) -> Confirmation { probing.confirm(.io, of: operations) }
}
