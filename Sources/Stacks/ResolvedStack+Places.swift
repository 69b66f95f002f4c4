public import Basics

/// Nodes and addresses by the words that files use for them.
extension ResolvedStack {
  /// The nodes that a word means: a node's name, `role:NAME` or `site:NAME`; none where it means nothing.
  public func nodes(meantBy word: String) -> [StackNode] {
    let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nodes.filter { $0.id.text == word } }
    switch parts[0] {
    case "role": return nodes(role: parts[1])
    case "site": return nodes.filter { $0.site.text == parts[1] }
    default: return []
    }
  }

  /// The address that a word means to a node: that of a node, as seen from there, or itself; nil where it means
  /// nothing.
  public func address(meantBy word: String, seenFrom source: StackNode) -> IPAddress? {
    guard let target = nodes.first(where: { $0.id.text == word }) else {
      return IPAddress(text: word)
    }
    return addresses(of: target, seenFrom: source).first ?? target.address
  }
}
