internal import Basics
internal import Faults
internal import Stacks
internal import Workloads
internal import YAML

/// Reads the mapping `workloads:`.
struct WorkloadReader<Files: Library> {
  let stack: ResolvedStack?
  let kinds: [Vocabulary.WorkloadKind]
  let bindings: BindingReader<Files>?

  func read(_ fields: inout Fields) -> [WorkloadPlan] {
    let entries = fields.named("workloads", "a workload", atMost: 64)
    let adding = entries.indices.filter { index in
      let name = entries[index].value["kind"]?.text
      return kinds.contains { $0.name == name && $0.addsElements }
    }
    return entries.enumerated().compactMap { index, entry in
      let mark = ElementMark(workload: index, others: Set(adding))
      return workload(entry, mark, &fields.problems)
    }
  }

  private func workload(
    _ entry: YAMLNode.Entry, _ mark: ElementMark, _ problems: inout [Problem]
  ) -> WorkloadPlan? {
    var fields = Fields(entry.value, of: "the workload '\(entry.key)'")
    let kind = kind(&fields)
    let service = service(&fields)
    let load = LoadReader.read(&fields)
    let clients = fields.count("clients", Form.clients) ?? 1
    let nodes = nodes(&fields)
    let isNear = fields.flag("near") ?? false
    let timeout = fields.duration("timeout") ?? .seconds(1)
    if timeout == .zero {
      fields.refuse("'timeout' must not be zero", at: fields.node["timeout"]?.mark)
    }
    let filler = FillerReader.read(&fields)
    let written = fields.take("client")
    var settings: Settings?
    if let kind {
      settings = fields.settings(kind.schema)
      if let error = settings.flatMap({ kind.refuse($0) }) {
        fields.refuse(error.message, at: fields.node.mark(ofKey: error.key))
      }
    }
    if let service, isNear { requireReplica(of: service, near: nodes, &fields) }
    let client = service.flatMap { service in
      kind.flatMap {
        bindings?.read(
          written, of: service, for: $0.functions(settings ?? .none), at: entry.mark,
          &fields.problems)
      }
    }
    FillerReader.require(carriedBy: client, &fields)
    if kind != nil { fields.finish(into: &problems) } else { problems += fields.problems }
    guard let kind, let service, let load, let settings, let client else { return nil }
    return WorkloadPlan(
      name: entry.key, kind: kind.name, service: service, load: load, clients: clients,
      nodes: nodes, isNear: isNear, timeout: timeout, filler: filler, settings: settings,
      client: client,
      mark: mark)
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

  /// With `near` every client needs a replica in its own site.
  private func requireReplica(
    of service: ResolvedStack.Service, near nodes: [NodeID], _ fields: inout Fields
  ) {
    guard let stack else { return }
    for node in nodes.compactMap({ stack.node($0) })
    where service.replica(near: node, in: stack) == nil {
      fields.refuse(
        "'near' needs a replica of '\(service.name)' in the site '\(node.site)' of \(node.id); there is"
          + " none", at: fields.node["near"]?.mark)
      return
    }
  }
}
