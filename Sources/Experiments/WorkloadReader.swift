internal import Basics
internal import Faults
internal import Stacks
internal import YAML

/// Reads the mapping `workloads:`.
struct WorkloadReader {
  let stack: ResolvedStack?
  let kinds: [Vocabulary.WorkloadKind]

  func read(_ fields: inout Fields) -> [WorkloadPlan] {
    fields.mapping("workloads").compactMap { workload($0, &fields.problems) }
  }

  private func workload(_ entry: Node.Entry, _ problems: inout [Problem]) -> WorkloadPlan? {
    var fields = Fields(entry.value, of: "the workload '\(entry.key)'")
    let kind = kind(&fields)
    let service = service(&fields)
    let rate = rate(&fields)
    let clients = fields.integer("clients") ?? 1
    if clients < 1 || clients > 1000 {
      fields.refuse("'clients' must be 1 to 1000", at: fields.node["clients"]?.mark)
    }
    let nodes = nodes(&fields)
    let timeout = fields.duration("timeout") ?? .seconds(1)
    if timeout == .zero {
      fields.refuse("'timeout' must not be zero", at: fields.node["timeout"]?.mark)
    }
    let settings = kind.map { fields.settings($0.schema) }
    if kind != nil { fields.finish(into: &problems) } else { problems += fields.problems }
    guard let kind, let service, let rate, let settings else { return nil }
    return WorkloadPlan(
      name: entry.key, kind: kind.name, service: service, rate: rate, clients: clients,
      nodes: nodes, timeout: timeout, settings: settings)
  }

  private func kind(_ fields: inout Fields) -> Vocabulary.WorkloadKind? {
    guard let name = fields.requiredText("kind") else { return nil }
    if let kind = kinds.first(where: { $0.name == name }) { return kind }
    fields.problems.append(
      .unknown(
        "workload", name, among: kinds.map(\.name), at: fields.node["kind"]?.mark ?? fields.mark))
    return nil
  }

  private func service(_ fields: inout Fields) -> ResolvedStack.Service? {
    guard let name = fields.requiredText("service"), let stack else { return nil }
    if let service = stack.service(named: name) { return service }
    fields.problems.append(
      .unknown(
        "service", name, among: stack.services.map(\.name),
        at: fields.node["service"]?.mark ?? fields.mark))
    return nil
  }

  /// `50/s`, `600/m`, or a bare number for each second.
  private func rate(_ fields: inout Fields) -> Double? {
    guard let text = fields.requiredText("rate") else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let units: [Substring: Double] = ["s": 1, "m": 60, "min": 60]
    let unit = parts.count == 1 ? 1 : parts.count == 2 ? units[parts[1]] : nil
    if let unit, let number = Double(parts[0]), number > 0, number / unit <= 1e6 {
      return number / unit
    }
    fields.refuse(
      "'rate' must be a number of requests such as 50/s, not '\(text)'",
      at: fields.node["rate"]?.mark)
    return nil
  }

  private func nodes(_ fields: inout Fields) -> [NodeID] {
    guard let node = fields.take("from") else {
      let clients = stack?.nodes(role: "client").map(\.id) ?? []
      if stack != nil, clients.isEmpty {
        fields.refuse("needs the key 'from', for the stack has no node of the role 'client'")
      }
      return clients
    }
    let reader = TargetReader(stack: stack)
    guard let target = reader.read(node, &fields.problems), stack != nil else { return [] }
    guard let nodes = reader.nodes(target) else {
      fields.refuse("traffic comes from a node, a role or a site", at: node.mark)
      return []
    }
    return nodes.map(\.id)
  }
}
