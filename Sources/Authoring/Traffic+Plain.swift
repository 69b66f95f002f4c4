internal import Basics
public import Stacks
public import YAML

extension ExperimentDraft.Traffic {
  /// For a stack that nobody has written an experiment for: a call of its first service, again and again.
  ///
  /// - Throws: what the stack lacks for that.
  public static func plain(for stack: ResolvedStack) throws(Problem) -> ExperimentDraft.Traffic {
    let mark = Mark(file: stack.file, line: 0)
    guard let service = stack.services.first else {
      throw Problem(mark, "it has no service that clients could call; say one under 'services'")
    }
    guard let client = stack.nodes.first(where: \.instances.isEmpty) else {
      throw Problem(
        mark, "it has no node without components, which clients could be on; say one under 'nodes'")
    }
    let root = try YAMLNode.parse(
      text: """
        workloads:
          calls: {kind: call, service: \(service.name), rate: 50/s, clients: 4, from: {role: \(client.role)}, timeout: 1s}
        steady-state: {for: 2s, within: 20s}
        settle: {for: 2s, within: 15s}
        invariants:
          - availability: {workload: calls, at-least: 50%}
          - settles
        """, file: "a stack without experiments")
    return .init(root, of: "no experiment: a call of \(service.name) again and again")
  }
}
