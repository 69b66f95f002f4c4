public import Basics

/// The operator runs a command on a node; its exit code is the step's outcome.
public struct Run: Action {
  public static let name = "run"
  public static let summary =
    "Runs a command on a node; the step has worked when that exits with 0."
  public static let schema = Schema([
    .init("command", .list(of: .text), "The program and its arguments.", isRequired: true),
    .init("limit", .duration, "How long it may take; then it is killed.", default: "10s"),
  ])
  public static let aim = Aim.nodesOrInstances
  public static let meansBareNodes = true
  public static let confirmation = "By the command exiting with 0."

  /// The program and its arguments; no shell reads them.
  public let command: [String]
  /// How long it may take.
  public let limit: Duration

  public init(_ settings: Settings) throws(FaultSettingsError) {
    command = settings.texts("command") ?? []
    limit = settings.duration("limit") ?? .seconds(10)
    guard command.first?.isEmpty == false else {
      throw FaultSettingsError("command", "'command' needs a program")
    }
    guard limit > .zero else { throw FaultSettingsError("limit", "'limit' must not be zero") }
  }

  public var text: String { "run '\(command.joined(separator: " "))' on" }

  /// Nothing is done at the beats; they let the method wait for its end.
  public var rhythm: Rhythm? { Rhythm(every: .milliseconds(50), within: limit + .seconds(2)) }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    for (node, component) in places(targets) {
      try cluster.launch(command, on: node, as: component, within: limit, key: targets.policy)
    }
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    var said: [String] = []
    for (node, _) in places(targets) {
      guard let outcome = try cluster.outcome(of: targets.policy, on: node) else {
        return .notYet("it still runs on \(node)")
      }
      said.append("on \(node) it \(outcome.text)")
      guard outcome.isSuccess else { return .no(said[said.count - 1]) }
    }
    return .yes(said.joined(separator: "; "))
  }

  private func places(_ targets: Targets) -> [(NodeID, component: String?)] {
    targets.nodes.map { ($0, nil) } + targets.instances.map { ($0.node, $0.component) }
  }
}
