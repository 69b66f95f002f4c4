import Basics
import Nodes
import Reports
import Stacks

/// Which servers a stack is made of, each asked for its version on the node where it runs.
struct ServerVersions {
  let lab: Lab

  /// One entry a component and variant, in order of name.
  func servers() -> [RunRecord.Server] {
    RunRecord.Server.grouped(lab.stack.nodes.flatMap(\.instances), version: version)
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
