public import Basics
internal import Durability

/// An fsync fails with EIO; what was written before it will not reach the disk, even if a later fsync
/// succeeds, as on Linux.
public struct FsyncFails: DiskFault {
  public static let name = "fsync-fails"
  public static let isUndone = false
  public static let summary =
    "Fails fsync on the disk of a component (EIO); what it was for is lost."
  public static let schema = Schema([
    .init("how-often", .choice(["once", "always"]), "How many fsyncs fail.", default: "always"),
    pathKey,
  ])

  let rule: DiskRule
  private let isOnce: Bool

  public init(_ settings: Settings) throws(FaultSettingsError) {
    isOnce = settings.text("how-often") == "once"
    rule = DiskRule(
      .fail(.io), on: [.sync], of: try settings.diskPaths(), most: isOnce ? 1 : nil)
  }

  public var text: String { isOnce ? "one failing fsync of" : "failing fsyncs of" }

  // The probes' own fsyncs fail all the while; they do not use up the one of a server's.
  func judge(_ probing: DiskProbing) -> Confirmation { probing.confirm(.io, of: [.sync]) }
}
