public import Basics
public import Stacks

/// A server is taken out of a balancer's rotation: what it has begun it finishes, and nothing new comes.
public struct Drain: ActFault {
  public static let name = "drain"
  public static let summary =
    "Takes a node out of a balancer's rotation, with the balancer's own act 'drain'."
  public static let schema = Schema([
    .init(
      "server", .text, "The node that is to get nothing new.", isRequired: true,
      example: "db-b")
  ])
  public static let mustLast = true
  public static let confirmation =
    "By the balancer, which shows the server drained; it must still hold when it is healed."

  /// The node that is to get nothing new.
  public let server: NodeID

  let act = "drain"
  var about: String { server.text }

  public init(_ settings: Settings) throws(FaultSettingsError) {
    server = NodeID(settings.text("server") ?? "")
  }

  public var text: String { "drain \(server) from" }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard stack.node(server) != nil else {
      return FaultSettingsError("server", "there is no node '\(server)'")
    }
    return missingAct(aimedAt: aim, in: stack)
  }
}
