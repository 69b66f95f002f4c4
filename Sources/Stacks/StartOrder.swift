internal import Basics
internal import YAML

/// Who waits for whom, and the layers that follow from it.
///
/// `start-after` names a component (all its instances), `component@value` (those of its instances
/// that have a parameter with that value), or a node (all of its instances). An instance never
/// waits for itself.
struct StartOrder {
  private(set) var layers: [[InstanceID]] = []
  private(set) var problems: [Problem] = []
  private var predecessors: [InstanceID: [InstanceID]] = [:]

  /// - Parameter known: components that exist, in this stack or not; to wait for one that is not
  ///   in the stack means nothing.
  init(nodes: [StackNode], wishes: [InstanceID: [YAMLNode]], known: Set<String>) {
    let all = nodes.flatMap(\.instances)
    for instance in all {
      var before: Set<InstanceID> = []
      for wish in wishes[instance.id] ?? [] {
        before.formUnion(meant(by: wish, nodes, all, known))
      }
      before.remove(instance.id)
      predecessors[instance.id] = before.sorted()
    }
    layer(all.map(\.id), wishes)
  }

  private mutating func meant(
    by wish: YAMLNode, _ nodes: [StackNode], _ all: [Instance], _ known: Set<String>
  ) -> [InstanceID] {
    guard let text = wish.text else {
      problems.append(Problem(wish.mark, "'start-after' is a list of names"))
      return []
    }
    let parts = text.split(separator: "@", maxSplits: 1).map { String($0) }
    let instances = all.filter { $0.id.component == parts.first }
    if parts.count == 2, !instances.isEmpty {
      let found = instances.filter { $0.parameters.contains { $0.text == parts[1] } }
      if found.isEmpty {
        problems.append(
          Problem(wish.mark, "no instance of '\(parts[0])' has a parameter '\(parts[1])'"))
      }
      return found.map(\.id)
    }
    if !instances.isEmpty { return instances.map(\.id) }
    if let node = nodes.first(where: { $0.id.text == text }) { return node.instances.map(\.id) }
    if let name = parts.first, known.contains(name) { return [] }
    problems.append(
      .unknown(
        "component or node", text, among: known.sorted() + nodes.map(\.id.text), at: wish.mark))
    return []
  }

  /// Kahn's algorithm, a layer at a time.
  private mutating func layer(_ all: [InstanceID], _ wishes: [InstanceID: [YAMLNode]]) {
    var done: Set<InstanceID> = []
    var rest = all
    while !rest.isEmpty {
      let layer = rest.filter { predecessors[$0, default: []].allSatisfy { done.contains($0) } }
      guard !layer.isEmpty else { return refuseCycle(rest, wishes) }
      layers.append(layer)
      done.formUnion(layer)
      rest.removeAll { done.contains($0) }
    }
  }

  private mutating func refuseCycle(_ rest: [InstanceID], _ wishes: [InstanceID: [YAMLNode]]) {
    var path: [InstanceID] = []
    var next = rest[0]
    while !path.contains(next) {
      path.append(next)
      guard let before = predecessors[next, default: []].first(where: { rest.contains($0) }) else {
        return
      }
      next = before
    }
    let cycle = path.drop { $0 != next } + [next]
    let mark = wishes[next]?.first?.mark ?? Mark(file: "start-after")
    problems.append(
      Problem(
        mark, "wait for each other: " + cycle.map(\.description).joined(separator: " after ")))
  }

  /// Writes predecessors and the keys of prepared folders into the instances.
  func apply(to nodes: inout [StackNode]) {
    var inputs: [InstanceID: String] = [:]
    // Whose data went into an instance's, by way of others too.
    var sources: [InstanceID: Set<InstanceID>] = [:]
    for id in layers.joined() {
      guard let node = nodes.firstIndex(where: { $0.id == id.node }),
        let position = nodes[node].instances.firstIndex(where: { $0.id == id })
      else { continue }
      let before = predecessors[id, default: []]
      nodes[node].instances[position].startAfter = before
      guard nodes[node].instances[position].prepare != nil else { continue }
      let follows = before.filter { inputs[$0] != nil }
      let all = follows.reduce(into: Set(follows)) { $0.formUnion(sources[$1] ?? []) }
      let own = nodes[node].instances[position].keyInput
      inputs[id] = own
      sources[id] = all
      nodes[node].instances[position].prepare?.follows = follows
      nodes[node].instances[position].prepare?.cacheKeyInput =
        ([own] + all.sorted().map { "following\n" + (inputs[$0] ?? "") }).joined(separator: "\n")
    }
  }
}

extension Instance {
  /// Everything of its own that a prepared folder may depend on, as text.
  fileprivate var keyInput: String {
    var lines = ["instance \(id)", "variant \(variant)", "binary \(binary)", "user \(user)"]
    lines += parameters.map { "parameter \($0.name)=\($0.text)" }
    lines += environment.map { "environment \($0.name)=\($0.text)" }
    lines += folders.map { "folder \($0.path) \(String($0.mode, radix: 8))" }
    for file in files {
      lines.append("file \(file.path) \(String(file.mode, radix: 8)) \(file.contents.count)")
      lines.append(String(decoding: file.contents, as: UTF8.self))
    }
    lines.append("prepare \(prepare?.folder ?? "")")
    for step in prepare?.steps ?? [] { lines.append(JSON.strings(step).text()) }
    return lines.joined(separator: "\n")
  }
}
