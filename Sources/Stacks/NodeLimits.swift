internal import Basics
internal import YAML

/// How much of the machine a node may take.
public struct NodeLimits: Hashable, Sendable {
  /// How many processes it may have at once; up to 300 more where the kernel bounds their numbers
  /// instead of their count (pid_namespaces(7)), for it gives the lowest ones only once.
  public var processes = UsualLimits.processes
  /// How many bytes it may have written and not removed.
  public var disk = UsualLimits.disk
  /// How many bytes of memory it may use, its files included; nil for no bound.
  public var memory: Int?

  /// With fewer hardly a server starts.
  public static let fewestProcesses = 100
  /// The kernel's own bound, `PID_MAX_LIMIT`, without the numbers that it gives only once.
  public static let mostProcesses = 4_194_304 - 300

  /// The usual ones.
  public init() {}

  static func read(_ node: YAMLNode, _ problems: inout [Problem]) -> NodeLimits {
    var limits = NodeLimits()
    var fields = Fields(node, of: "limits")
    if let count = fields.integer("processes") {
      if (fewestProcesses...mostProcesses).contains(count) {
        limits.processes = count
      } else {
        fields.refuse(
          "'processes' must be between \(fewestProcesses) and \(mostProcesses), not \(count)",
          at: node["processes"]?.mark)
      }
    }
    if let bytes = size("disk", &fields) { limits.disk = bytes }
    limits.memory = size("memory", &fields)
    fields.finish(into: &problems)
    return limits
  }

  private static func size(_ key: String, _ fields: inout Fields) -> Int? {
    guard let text = fields.text(key) else { return nil }
    if let bytes = ByteCount.read(text), bytes >= 1 << 20 { return bytes }
    fields.refuse(
      "'\(key)' must be a size of at least 1M, such as 500M or 4G, not '\(text)'",
      at: fields.node[key]?.mark)
    return nil
  }
}
