internal import Basics
internal import Faults
internal import Stacks
internal import Workloads
internal import YAML

/// Reads the mapping `workloads:`.
struct WorkloadReader<Files: Library> {
  let stack: ResolvedStack?
  let kinds: [Vocabulary.WorkloadKind]
  let files: FileFinder<Files>

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
    let rate = rate(&fields)
    let clients = fields.count("clients", Form.clients) ?? 1
    let nodes = nodes(&fields)
    let timeout = fields.duration("timeout") ?? .seconds(1)
    if timeout == .zero {
      fields.refuse("'timeout' must not be zero", at: fields.node["timeout"]?.mark)
    }
    let settings = kind.map { self.settings($0, service, &fields) }
    if kind != nil { fields.finish(into: &problems) } else { problems += fields.problems }
    guard let kind, let service, let rate, let settings else { return nil }
    return WorkloadPlan(
      name: entry.key, kind: kind.name, service: service, rate: rate, clients: clients,
      nodes: nodes, timeout: timeout, settings: settings, mark: mark)
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

  /// Requests a second: one in a quarter of an hour, and more than this machine sends.
  private static var rates: ClosedRange<Double> { 0.001...100_000 }

  /// `50/s`, `600/m`, or a bare number for each second.
  private func rate(_ fields: inout Fields) -> Double? {
    guard let text = fields.requiredText("rate") else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let units: [Substring: Double] = ["s": 1, "m": 60, "min": 60]
    let unit = parts.count == 1 ? 1 : parts.count == 2 ? units[parts[1]] : nil
    if let unit, let number = Double(parts[0]), Self.rates.contains(number / unit) {
      return number / unit
    }
    fields.refuse(
      "'rate' must be a number of requests such as 50/s, from 0.001/s to 100000/s, not '\(text)'",
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

extension WorkloadReader {
  /// The kind's own settings, with every file found that they name.
  private func settings(
    _ kind: Vocabulary.WorkloadKind, _ service: ResolvedStack.Service?, _ fields: inout Fields
  ) -> Settings {
    var settings = fields.settings(kind.schema)
    if let error = kind.refuse(settings) {
      fields.refuse(error.message, at: fields.node.mark(ofKey: error.key))
    }
    guard case .mapping(var tls)? = settings["tls"] else { return settings }
    if let service, !service.usesTLS {
      fields.refuse(
        "'tls' is for https, but the service '\(service.name)' is at \(service.url)",
        at: fields.node["tls"]?.mark)
    }
    for key in HTTPOptions.fileKeys {
      guard case .text(let name)? = tls[key] else { continue }
      if let path = files.path(of: name) {
        tls[key] = .text(path)
      } else if files.isOutside(name) {
        fields.refuse(
          "'\(name)' lies outside the project and is not beside this file; give --trust if it may be "
            + "used", at: fields.node["tls"]?[key]?.mark)
      } else {
        fields.refuse(
          "there is no file '\(name)', seen from the experiment's folder or the project's",
          at: fields.node["tls"]?[key]?.mark)
      }
    }
    settings["tls"] = .mapping(tls)
    return settings
  }
}

extension YAMLNode {
  /// Where the value of a key stands; `a.b` is the key `b` of the mapping `a`.
  fileprivate func mark(ofKey path: String) -> Mark? {
    if let value = self[path] { return value.mark }
    guard let dot = path.firstIndex(of: ".") else { return nil }
    return self[String(path[..<dot])]?.mark(ofKey: String(path[path.index(after: dot)...]))
  }
}

extension ResolvedStack.Service {
  fileprivate var usesTLS: Bool {
    ([url] + replicas.map(\.url)).contains { $0.lowercased().hasPrefix("https://") }
  }
}
