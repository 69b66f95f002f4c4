internal import Basics
internal import YAML

/// The ways that components make over others, read once every node is known.
extension Topology {
  /// `{between: [gateway-a, gateway-b], title: IPsec}`.
  mutating func readTunnel(_ node: YAMLNode) {
    var fields = Fields(node, of: "a tunnel")
    let known = nodes.map(\.node.id.text)
    let ends = fields.list("between")
    let title = fields.text("title") ?? "tunnel"
    let names = ends.compactMap { end -> NodeID? in
      guard let name = end.text, known.contains(name) else {
        fields.problems.append(.unknown("node", end.text ?? "", among: known, at: end.mark))
        return nil
      }
      return NodeID(name)
    }
    if ends.count != 2 {
      fields.refuse("'between' must name two nodes: [gateway-a, gateway-b]")
    } else if names.count == 2, names[0] == names[1] {
      fields.refuse("a tunnel is between two different nodes")
    }
    fields.finish(into: &problems)
    guard names.count == 2 else { return }
    if tunnels.contains(where: { Set([$0.from, $0.to]) == Set(names) }) {
      problems.append(Problem(node.mark, "the same tunnel stands twice"))
    }
    tunnels.append(.init(from: names[0], to: names[1], title: title))
  }
}
