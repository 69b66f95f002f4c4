public import Basics
public import Stacks

/// A server whose connections are taken: somebody opens many, sends nothing and keeps them.
///
/// Confirmed by the connections that the server's own kernel shows as established.
public struct ConnectionsHeld: ResourceFault {
  public static let name = "connections-held"
  public static let summary =
    "Opens TCP connections to a component's port and holds them, silent; one that it closes is opened anew."
  public static let schema = Schema([
    .init("port", .count(1...65535), "The TCP port of the component.", isRequired: true),
    .init("count", .count(1...10_000), "How many connections are held.", default: "100"),
    .init("from", .text, "The node they come from; without it, the component's own node."),
  ])
  public static let aim = Aim.instances
  public static let confirmation =
    "By the connections that the kernel of the component's node shows as established, all of them at once."

  /// How many are held.
  public let count: Int
  /// Where to.
  public let port: UInt16
  /// Where from; nil for the component's own node.
  public let source: NodeID?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    count = settings.integer("count") ?? 100
    guard let number = settings.integer("port"), let port = UInt16(exactly: number), port > 0 else {
      throw FaultSettingsError("port", "a port from 1 to 65535 is expected here")
    }
    self.port = port
    source = settings.text("from").map { NodeID($0) }
  }

  public var leastLength: Duration { .seconds(2) }

  public var text: String { "hold \(count) connections to port \(port) of" }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard let source, stack.node(source) == nil else { return nil }
    return FaultSettingsError(
      "from", "there is no node '\(source)' that connections could come from")
  }

  var squeeze: Squeeze { .connections(count: count, port: port, from: source) }

  func judge(_ reading: SqueezeReading, of subject: Squeezed) -> Confirmation {
    guard case .connections(let use) = reading else { return unfit(subject) }
    let found = "\(use.established) of \(use.wanted) connections to port \(port) of \(subject)"
    return use.established >= use.wanted
      ? .yes("\(found) are established, by its own kernel")
      : .notYet("\(found) are established only")
  }
}
