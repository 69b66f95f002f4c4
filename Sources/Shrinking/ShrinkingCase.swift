public import YAML

/// An experiment together with the stack that it runs on, as one document: both are made smaller, and what no plan can be
/// made of is refused by who makes plans.
public enum ShrinkingCase {
  /// No experiment has such a key.
  private static let key = "the file of its stack"

  /// Both in one.
  ///
  /// - Parameter stack: nil leaves the stack as it is.
  public static func joined(_ experiment: YAMLNode, stack: YAMLNode?) -> YAMLNode {
    guard let stack else { return experiment }
    let entry = YAMLNode.Entry(key: key, mark: stack.mark, value: stack)
    return YAMLNode(.mapping((experiment.entries ?? []) + [entry]), at: experiment.mark)
  }

  /// Each by itself again.
  public static func parts(of joined: YAMLNode) -> (experiment: YAMLNode, stack: YAMLNode?) {
    let rest = (joined.entries ?? []).filter { $0.key != key }
    return (YAMLNode(.mapping(rest), at: joined.mark), joined[key])
  }

  /// What of the stack can be left out.
  static func reductions(of joined: YAMLNode) -> [Reduction] {
    guard let stack = joined[key] else { return [] }
    let root = YAMLPlace.root.key(key)
    let named = ["nodes": "node", "services": "service", "addresses": "address"]
    let mappings = ["nodes", "services", "addresses"].flatMap { part -> [Reduction] in
      let entries = stack[part]?.entries ?? []
      // A section of which nothing is left would be an empty one: it goes with the last.
      return entries.map { entry in
        Reduction(
          "without the \(named[part] ?? part) '\(entry.key)'",
          dropping: [entries.count == 1 ? root.key(part) : root.key(part).key(entry.key)])
      }
    }
    let links = (stack["links"]?.elements ?? []).enumerated().map { position, link in
      Reduction(
        "without the link \(link.flowText)", dropping: [root.key("links").position(position)])
    }
    return mappings + links
  }
}
