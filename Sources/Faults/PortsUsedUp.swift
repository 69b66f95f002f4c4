public import Basics

/// A node that has no local port left for a new TCP connection, as after many short ones or a leak.
///
/// Confirmed by a connection from the node that the kernel refuses (EADDRNOTAVAIL), to the end. Healed by
/// giving the ports back, and confirmed by a connection that finds one.
public struct PortsUsedUp: ResourceFault {
  public static let name = "ports-used-up"
  public static let summary =
    "Narrows a node's range of local ports and takes every port in it: no TCP connection can begin there."
  public static let schema = Schema.empty
  public static let aim = Aim.nodes
  public static let mustLast = true
  public static let meansBareNodes = true
  public static let confirmation =
    "By a connection from the node that the kernel refuses (EADDRNOTAVAIL); it must still hold when it is "
    + "healed."

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public var text: String { "use up the local ports of" }

  var squeeze: Squeeze { .ports }

  func judge(_ reading: SqueezeReading, of subject: Squeezed) -> Confirmation {
    guard case .ports(let use) = reading else { return unfit(subject) }
    return use.isRefused
      ? .yes("a connection from \(subject) found none of \(use.count) local ports free")
      : .notYet("a connection from \(subject) found a local port")
  }
}
