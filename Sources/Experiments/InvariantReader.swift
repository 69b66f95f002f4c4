internal import Basics
internal import Checking
internal import Faults
internal import Histories
internal import Stacks
internal import YAML

/// Reads the list `invariants:` and validates each against its checker's schema.
struct InvariantReader {
  let kinds: [Vocabulary.InvariantKind]
  let stack: ResolvedStack?
  /// Names, those of wrong workloads included.
  let workloads: [String]
  /// What those that are right send, and how much of it a second.
  let traffic: [Traffic]
  /// Nil while the method is wrong; then its steps' numbers are not judged.
  let schedule: [Step]?
  /// The names of all invariants read so far, wrong ones included.
  private(set) var names: [String] = []

  struct Traffic {
    let name: String
    let rate: Double
    let signatures: [Signature]
  }

  init(
    kinds: [Vocabulary.InvariantKind], stack: ResolvedStack?, workloads: [String],
    traffic: [Traffic], schedule: [Step]?
  ) {
    self.traffic = traffic
    self.kinds = kinds
    self.stack = stack
    self.workloads = workloads
    self.schedule = schedule
  }

  mutating func read(_ fields: inout Fields) -> [Invariant] {
    var invariants: [Invariant] = []
    for node in fields.list("invariants", atMost: 256) {
      guard let invariant = invariant(node, &fields.problems) else { continue }
      invariants.append(invariant)
    }
    return invariants
  }

  /// `checker`, or `checker: {key: value}`.
  private mutating func invariant(_ node: YAMLNode, _ problems: inout [Problem]) -> Invariant? {
    let entry = node.entries?.count == 1 ? node.entries?.first : nil
    guard let checker = node.text ?? entry?.key else {
      problems.append(Problem(node.mark, "an invariant is its checker's name: {settings}"))
      return nil
    }
    let mark = entry?.mark ?? node.mark
    guard let kind = kinds.first(where: { $0.name == checker }) else {
      names.append(entry?.value["name"]?.text ?? checker)
      problems.append(.unknown("invariant", checker, among: kinds.map(\.name), at: mark))
      return nil
    }
    let empty = YAMLNode(.mapping([]), at: mark)
    let written = entry.map { $0.value.isNull ? empty : $0.value } ?? empty
    let value = numbered(written, &problems)
    var fields = Fields(value, of: "the invariant '\(checker)'")
    let name = fields.text("name") ?? checker
    if let problem = Problem.misnamed("an invariant", name, at: fields.node["name"]?.mark ?? mark) {
      fields.problems.append(problem)
    }
    if names.contains(name) {
      fields.refuse("two invariants are called '\(name)'; give one a 'name'", at: mark)
    }
    names.append(name)
    let invariant = read(kind, name, mark, &fields)
    fields.finish(into: &problems)
    return invariant
  }

  /// The same settings with the ids of steps replaced by their numbers.
  private func numbered(_ node: YAMLNode, _ problems: inout [Problem]) -> YAMLNode {
    guard let entries = node.entries, let schedule else { return node }
    func number(_ step: YAMLNode) -> YAMLNode {
      guard let id = step.text, Int(id) == nil else { return step }
      guard let known = schedule.first(where: { $0.label == id }) else {
        problems.append(.unknown("step", id, among: schedule.compactMap(\.label), at: step.mark))
        return YAMLNode(.scalar("0", isPlain: true), at: step.mark)
      }
      return YAMLNode(.scalar("\(known.id)", isPlain: true), at: step.mark)
    }
    let changed = entries.map { entry -> YAMLNode.Entry in
      guard entry.key == "fault" else { return entry }
      let value =
        entry.value.elements.map { YAMLNode(.sequence($0.map(number)), at: entry.value.mark) }
        ?? number(entry.value)
      return YAMLNode.Entry(key: entry.key, mark: entry.mark, value: value)
    }
    return YAMLNode(.mapping(changed), at: node.mark)
  }

  private func read(
    _ kind: Vocabulary.InvariantKind, _ name: String, _ mark: Mark, _ fields: inout Fields
  ) -> Invariant? {
    let before = fields.problems.count
    let workload = workload(&fields)
    let fault = kind.schema.key(named: "fault") == nil ? nil : fault(&fields)
    checkNames(kind.schema, &fields)
    let settings = fields.settings(kind.schema)
    guard fields.problems.count == before else { return nil }
    switch kind.meaning(settings) {
    case .failure(let error):
      fields.refuse(error.message, at: fields.node[error.key]?.mark ?? mark)
      return nil
    case .success(let meaning):
      let invariant = Invariant(
        name: name, checker: kind.name, workload: workload, fault: fault, settings: settings,
        feed: meaning.feed, mark: mark)
      judge(invariant, meaning, &fields)
      return invariant
    }
  }

  /// Refuses what nothing feeds, and a bound that the traffic is too rare to tell.
  private func judge(
    _ invariant: Invariant, _ meaning: Vocabulary.InvariantKind.Meaning, _ fields: inout Fields
  ) {
    let judged = traffic.filter { invariant.workload == nil || $0.name == invariant.workload }
    guard !judged.isEmpty else { return }
    if !judged.contains(where: { meaning.feed.isServed(by: $0.signatures) }) {
      let offered = judged.flatMap { $0.signatures.map { "'\($0.function)'" } }
      fields.refuse(
        "'\(invariant.checker)' judges \(meaning.feed.words), which nothing here does; "
          + "\(invariant.workload.map { "'\($0)' does" } ?? "the workloads do") "
          + Set(offered).sorted().joined(separator: " and "), at: invariant.mark)
    }
    let interval = Duration.seconds(1 / judged.reduce(0) { $0 + $1.rate })
    if let bound = meaning.finestBound, bound < interval {
      fields.refuse(
        "a bound of \(bound.text) cannot be told by an operation every \(interval.text); write a "
          + "greater bound or a higher rate", at: invariant.mark)
    }
  }

  private func workload(_ fields: inout Fields) -> String? {
    guard let node = fields.take("workload"), let name = node.text else { return nil }
    if !workloads.contains(name) {
      fields.problems.append(.unknown("workload", name, among: workloads, at: node.mark))
    }
    return name
  }

  private func fault(_ fields: inout Fields) -> Int? {
    guard let node = fields.take("fault"), node.elements == nil,
      let id = fields.integer("fault")
    else { return nil }
    guard let schedule else { return id }
    guard let step = schedule.first(where: { $0.id == id }) else {
      let steps = schedule.map { "\($0.id) \($0.name)" }.joined(separator: ", ")
      fields.refuse("there is no step \(id) in the method; steps: \(steps)", at: node.mark)
      return nil
    }
    if step.isAction {
      fields.refuse("step \(id) is the action '\(step.name)', not a fault", at: node.mark)
    }
    return id
  }

  /// Who reaches whom, in words that mean nodes or addresses.
  private func checkPlaces(_ stack: ResolvedStack, _ fields: inout Fields) {
    let nodes = stack.nodes.map(\.id.text)
    for key in ["from", "seen-from"] {
      guard let node = fields.node[key], let word = node.text else { continue }
      if stack.nodes(meantBy: word).isEmpty {
        fields.problems.append(.unknown("node, role or site", word, among: nodes, at: node.mark))
      }
    }
    guard let node = fields.node["to"], let word = node.text, !nodes.contains(word) else { return }
    if IPAddress(text: word) == nil {
      fields.problems.append(.unknown("node or address", word, among: nodes, at: node.mark))
    } else if fields.node["seen-from"] == nil {
      fields.refuse(
        "'\(word)' is no node of the stack: say with 'seen-from' which node reaches it, for what nobody serves, nobody can reach",
        at: node.mark)
    }
  }

  /// Names that mean something of the stack, where the checker knows such keys.
  private func checkNames(_ schema: Schema, _ fields: inout Fields) {
    guard let stack else { return }
    let nodes = stack.nodes.map(\.id.text)
    let instances = stack.nodes.flatMap(\.instances)
    var meanings = [
      ("component", "component", instances.map(\.id.component)),
      ("probe", "probe", instances.flatMap(\.probes).map(\.name)),
      ("networks", "network", stack.networks.map(\.name)),
    ]
    if schema.key(named: "address") != nil || schema.key(named: "nodes") != nil {
      meanings += [
        ("address", "address", stack.addresses.map(\.name)), ("to", "node", nodes),
        ("nodes", "node", nodes),
      ]
    }
    if schema.key(named: "seen-from") != nil { checkPlaces(stack, &fields) }
    for (key, what, known) in meanings where schema.key(named: key) != nil {
      for node in fields.node[key].map({ $0.elements ?? [$0] }) ?? [] {
        guard let name = node.text, !known.contains(name) else { continue }
        fields.problems.append(.unknown(what, name, among: Set(known).sorted(), at: node.mark))
      }
    }
  }
}
