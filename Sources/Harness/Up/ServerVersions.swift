import Basics
import Nodes
import Reports
import Stacks

/// Which servers a stack is made of, each asked for its version on the node where it runs.
struct ServerVersions {
  let lab: Lab

  /// One entry a component and variant, in order of name.
  func servers() -> [RunRecord.Server] {
    let instances = lab.stack.nodes.flatMap(\.instances)
    let groups = Dictionary(grouping: instances) { [$0.id.component, $0.variant] }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, group in
      RunRecord.Server(
        component: key[0], variant: key[1], version: version(of: group[0]),
        standsInFor: group[0].standInFor, nodes: group.map(\.id.node.text).sorted())
    }
  }

  /// What it says of itself; a server that cannot say has an unknown version, which is no error.
  private func version(of instance: Instance) -> String {
    guard let query = instance.version, let node = lab.nodes[instance.id.node] else {
      return "unknown"
    }
    do {
      let command = lab.command(query.command, of: instance)
      let completed = try node.run(command, timeout: .seconds(5), limit: 64 << 10)
      let text = completed.text + completed.errorText
      guard let match = try Regex(query.pattern).firstMatch(in: text) else { return "unknown" }
      let captured = match.output.count > 1 ? match.output[1].substring : nil
      return String(captured ?? text[match.range]).trimmingSpaces.cut(toBytes: 100)
    } catch {
      return "unknown (\(error))"
    }
  }
}
