internal import Basics
public import YAML

extension ResolvedStack {
  /// Decides everything about a stack.
  ///
  /// - Parameters:
  ///   - given: choices of the stack's parameters; of two for one the later counts.
  ///   - components: folders that hold a folder per component; the first that has it counts.
  ///   - untrusted: such folders whose components are not used, only named in what is refused.
  ///   - release: what one component becomes instead of what the file says.
  ///   - mark: where the stack is asked for, to which errors without a place of their own belong.
  /// - Throws: everything that is wrong with the stack, its components and their templates, or
  ///   all the binaries that are missing on the machine.
  public static func resolve(
    _ outline: StackOutline, given: [Parameter.Choice], components: [String],
    untrusted: [String] = [], library: some Library, machine: Machine, release: Release? = nil,
    at mark: Mark
  ) throws(Problems) -> ResolvedStack {
    var resolver = Resolver(
      outline: outline, library: library, components: components, untrusted: untrusted,
      machine: machine, release: release, releaseMark: mark)
    let stack = resolver.resolve(given, at: mark)
    guard resolver.problems.isEmpty, let stack else { throw Problems(resolver.problems) }
    return stack
  }
}

/// Works a stack out, step by step: parameters, topology, parameters of the instances, instances,
/// services, start order.
struct Resolver<Files: Library> {
  let outline: StackOutline
  let library: Files
  let components: [String]
  let untrusted: [String]
  let machine: Machine
  let release: Release?
  let releaseMark: Mark
  var problems: [Problem] = []
  private var loaded: [String: Component?] = [:]
  private let shelf = TemplateShelf()

  init(
    outline: StackOutline, library: Files, components: [String], untrusted: [String],
    machine: Machine, release: Release?, releaseMark: Mark
  ) {
    self.release = release
    self.releaseMark = releaseMark
    self.untrusted = untrusted
    self.outline = outline
    self.library = library
    self.components = components
    self.machine = machine
  }

  /// On all nodes together.
  private static var mostInstances: Int { 1000 }

  /// An instance before its recipe is read.
  struct Sketch {
    let id: InstanceID
    let component: Component
    let variant: Component.Variant
    let binary: String
    var parameters: [ResolvedStack.Value]
    let mark: Mark
  }

  mutating func resolve(_ given: [Parameter.Choice], at mark: Mark) -> ResolvedStack? {
    var scope = Scope(["bin": machine.binFolder])
    let parameters = Parameter.resolve(
      outline.parameters, given: given, of: "the stack '\(outline.name)'", at: mark, scope,
      &problems)
    for parameter in parameters {
      scope.values[parameter.name] = parameter.text
      scope.values["stack.\(parameter.name)"] = parameter.text
      if parameter.isSecret {
        scope.secretPaths.formUnion([parameter.name, "stack.\(parameter.name)"])
      }
    }
    guard problems.isEmpty else { return nil }
    let topology = Topology(outline.root, scope)
    problems += topology.problems
    guard problems.isEmpty else { return nil }
    scope.values.merge(Resolver.values(of: topology)) { $1 }
    scope.nodes = topology.nodes.map { Resolver.attributes(of: $0.node) }

    let sketches = topology.nodes.map { sketch(of: $0, scope) }
    let count = sketches.reduce(0) { $0 + $1.count }
    if count > Self.mostInstances {
      problems.append(
        Problem(
          mark, "the stack runs \(count) components; at most \(Self.mostInstances) are allowed"))
    }
    guard problems.isEmpty else { return nil }
    note(sketches, in: &scope, topology)
    var nodes = topology.nodes.map(\.node)
    for (index, sketches) in sketches.enumerated() {
      let network = topology.networks.first { $0.name == nodes[index].interfaces[0].network }
      let local = nodeScope(scope, index, network)
      nodes[index].instances = sketches.compactMap { instance($0, local) }
    }
    let services = services(scope, nodes)
    let names = Set(components.flatMap { library.list($0) })
    let order = StartOrder(
      nodes: nodes, wishes: startWishes(sketches, scope, topology), known: names)
    problems += order.problems
    guard problems.isEmpty else { return nil }
    order.apply(to: &nodes)
    return ResolvedStack(
      name: outline.name, title: outline.title, summary: outline.summary, file: outline.file,
      parameters: parameters, sites: topology.sites, networks: topology.networks,
      links: topology.links, tunnels: topology.tunnels, addresses: topology.addresses, nodes: nodes,
      resolvers: topology.resolvers, services: services,
      startOrder: order.layers)
  }

  private static func values(of topology: Topology) -> [String: String] {
    var values: [String: String] = [:]
    for address in topology.addresses {
      values["addresses.\(address.name).ip"] = address.ip.description
      values["addresses.\(address.name).prefix"] = String(address.prefix)
      values["addresses.\(address.name).family"] = address.ip.family.word
      values["addresses.\(address.name).preferred"] = address.preferred?.text ?? ""
    }
    for sketch in topology.nodes {
      for (key, value) in attributes(of: sketch.node) {
        values["nodes.\(sketch.node.id).\(key)"] = value
      }
    }
    return values
  }

  private static func attributes(of node: StackNode) -> [String: String] {
    var attributes = [
      "name": node.id.text, "address": node.address.description,
      "address4": node.address(of: .v4)?.description ?? "",
      "address6": node.address(of: .v6)?.description ?? "", "site": node.site.text,
      "role": node.role, "index": String(node.roleIndex),
      "network": node.interfaces[0].network, "components": "",
    ]
    for interface in node.interfaces {
      let path = "networks.\(interface.network)"
      attributes["\(path).address"] = interface.ip.description
      for (family, key) in [(IPAddress.Family.v4, "address4"), (.v6, "address6")] {
        let own = interface.ips.first { $0.family == family }
        attributes["\(path).\(key)"] = own?.description ?? ""
      }
    }
    return attributes
  }

  private func nodeScope(_ scope: Scope, _ index: Int, _ network: ResolvedStack.Network?) -> Scope {
    var local = scope.binding("node", to: scope.nodes[index])
    local.values["network.name"] = network?.name
    local.values["network.prefix"] = network.map { String($0.subnets[0].length) }
    local.values["network.subnet"] = network?.subnets[0].description
    return local
  }

  /// Makes every instance's parameters known to all templates.
  private func note(_ sketches: [[Sketch]], in scope: inout Scope, _ topology: Topology) {
    for (index, sketches) in sketches.enumerated() {
      scope.nodes[index]["components"] = sketches.map(\.id.component).joined(separator: ",")
      for sketch in sketches {
        for parameter in sketch.parameters {
          let key = "\(sketch.id.component).\(parameter.name)"
          scope.nodes[index][key] = parameter.text
          let path = "nodes.\(topology.nodes[index].node.id).\(key)"
          scope.values[path] = parameter.text
          guard parameter.isSecret else { continue }
          scope.secretPaths.insert(path)
          scope.secretAttributes.insert(key)
        }
      }
    }
  }
}

extension Resolver {
  /// The components of one node with their parameters.
  private mutating func sketch(of node: Topology.NodeSketch, _ scope: Scope) -> [Sketch] {
    let network: ResolvedStack.Network? = nil
    let local = nodeScope(scope, node.node.index, network)
    var seen: Set<String> = []
    return node.components.compactMap { element in
      guard let entry = element.keptIf(local, &problems) else { return nil }
      guard let (name, written) = reference(entry) else { return nil }
      let given = written.filter { $0.name != Component.variantKey }
      let choice = written.last { $0.name == Component.variantKey }
      guard seen.insert(name).inserted else {
        problems.append(Problem(entry.mark, "component '\(name)' stands twice on one node"))
        return nil
      }
      guard let component = component(name, at: entry.mark) else { return nil }
      let release = self.release?.component == name ? self.release : nil
      let mark = release == nil ? choice?.mark ?? entry.mark : releaseMark
      let chosen = choice.map { Phrase.render($0.text, local, at: $0.mark, &problems) }
      let wanted = release?.variant ?? chosen
      if let wanted, !component.variants.contains(where: { $0.name == wanted }) {
        problems.append(
          .unknown("variant", wanted, among: component.variants.map(\.name), at: mark))
        return nil
      }
      guard let (variant, path) = component.chosen(on: machine, named: wanted) else {
        problems.append(component.missing(on: machine, named: wanted, at: mark))
        return nil
      }
      let parameters = Parameter.resolve(
        component.parameters, given: given + (release?.choices(at: releaseMark) ?? []),
        of: "the component '\(name)'", at: entry.mark, local,
        &problems)
      return Sketch(
        id: InstanceID(node: node.node.id, component: name), component: component,
        variant: variant, binary: path, parameters: parameters, mark: entry.mark)
    }
  }

  /// `name`, or `{name: {parameter: value}}`.
  private mutating func reference(_ node: YAMLNode) -> (String, [Parameter.Choice])? {
    if let name = node.text { return (name, []) }
    guard let entries = node.entries, entries.count == 1, let entry = entries.first else {
      problems.append(
        Problem(node.mark, "a component is its name, or its name with parameters: {name: {…}}"))
      return nil
    }
    guard let given = entry.value.entries ?? (entry.value.isNull ? [] : nil) else {
      problems.append(Problem(entry.value.mark, "parameters must be a mapping"))
      return nil
    }
    let choices = given.compactMap { parameter -> Parameter.Choice? in
      guard let text = parameter.value.text else {
        problems.append(
          Problem(parameter.value.mark, "'\(parameter.key)' must be a single value"))
        return nil
      }
      return Parameter.Choice(parameter.key, text, at: parameter.value.mark)
    }
    return (entry.key, choices)
  }

  private mutating func component(_ name: String, at mark: Mark) -> Component? {
    if let known = loaded[name] { return known }
    if let problem = Problem.misnamed("a component", name, at: mark) {
      problems.append(problem)
      return nil
    }
    let folders = components.map { "\($0)/\(name)" }
    guard let folder = folders.first(where: { library.read($0 + "/component.yaml") != nil }) else {
      problems.append(absence(of: name, at: mark))
      return nil
    }
    var component: Component?
    do {
      component = try Component.read(folder: folder, from: library)
    } catch {
      problems += error.all
    }
    loaded[name] = .some(component)
    return component
  }

  /// That there is no such component, or none that is trusted.
  private func absence(of name: String, at mark: Mark) -> Problem {
    let file = "\(name)/component.yaml"
    for folder in untrusted where library.read("\(folder)/\(file)") != nil {
      return Problem(
        mark,
        "the component '\(name)' lies outside the project, in \(folder); "
          + "give --trust if its code may run")
    }
    for folder in components {
      guard let reason = library.refusal(of: "\(folder)/\(file)") else { continue }
      return Problem(mark, "the component '\(name)' cannot be had: \(folder)/\(file): \(reason)")
    }
    let names = Set(components.flatMap { library.list($0) }).sorted()
    return .unknown("component", name, among: names, at: mark)
  }

  private mutating func instance(_ sketch: Sketch, _ scope: Scope) -> Instance? {
    // Every instance of a wrong component has the same to say.
    guard problems.count < Problems.enough else { return nil }
    var reader = RecipeReader(sketch: sketch, scope: scope, library: library, shelf: shelf)
    let instance = reader.read()
    problems += reader.problems
    return instance
  }

  private static var mostWishes: Int { 64 }

  private mutating func startWishes(
    _ sketches: [[Sketch]], _ scope: Scope, _ topology: Topology
  ) -> [InstanceID: [YAMLNode]] {
    var wishes: [InstanceID: [YAMLNode]] = [:]
    for (index, sketches) in sketches.enumerated() {
      let local = nodeScope(scope, index, nil)
      for sketch in sketches {
        let reader = RecipeReader(sketch: sketch, scope: local, library: library, shelf: shelf)
        guard let node = reader.recipe["start-after"] else { continue }
        let rendered = node.rendered(reader.scope, &problems)
        let wished = rendered.elements ?? (rendered.isNull ? [] : [rendered])
        if wished.count > Self.mostWishes {
          problems.append(
            Problem(node.mark, "'start-after' has at most \(Self.mostWishes) entries"))
        }
        wishes[sketch.id] = Array(wished.prefix(Self.mostWishes))
      }
    }
    return wishes
  }

  private mutating func services(_ scope: Scope, _ nodes: [StackNode]) -> [ResolvedStack.Service] {
    var root = Fields(outline.root, of: "a stack")
    let entries = root.named("services", "a service")
    problems += root.problems
    return entries.compactMap { entry in
      var fields = Fields(entry.value, of: "a service")
      let url = fields.require("url").flatMap { self.endpoint($0, scope, &fields.problems) }
      let replicas = fields.take("replicas").map {
        self.replicas($0, scope, nodes, &fields.problems)
      }
      let client = fields.take("client")?.rendered(scope, &fields.problems)
      fields.finish(into: &problems)
      return url.map {
        .init(
          name: entry.key, url: $0, replicas: replicas ?? [], client: client, mark: entry.mark)
      }
    }
  }

  private func replicas(
    _ node: YAMLNode, _ scope: Scope, _ nodes: [StackNode], _ problems: inout [Problem]
  ) -> [ResolvedStack.Replica] {
    var fields = Fields(node, of: "replicas")
    var query: (text: String, mark: Mark)?
    for key in ["role", "site", "component", "node"] {
      guard let value = fields.take(key)?.rendered(scope, &fields.problems) else { continue }
      query = ("\(key == "node" ? "name" : key):\(value.text ?? "")", value.mark)
    }
    let url = fields.require("url")
    if query == nil { fields.refuse("replicas need one of role, site, component, node") }
    defer { fields.finish(into: &problems) }
    guard let query, let url else { return [] }
    let chosen: [[String: String]]
    do { chosen = try scope.select(query.text, at: query.mark) } catch {
      fields.problems.append(error)
      return []
    }
    if chosen.isEmpty { fields.refuse("no node is meant by '\(query.text)'", at: query.mark) }
    return chosen.compactMap { attributes in
      let local = scope.binding("node", to: attributes)
      guard let text = self.endpoint(url, local, &fields.problems) else { return nil }
      return ResolvedStack.Replica(node: NodeID(attributes["name"] ?? ""), url: text)
    }
  }

  /// The URL with everything substituted; where that failed, nothing more is said about it.
  private func endpoint(_ node: YAMLNode, _ scope: Scope, _ problems: inout [Problem]) -> String? {
    let before = problems.count
    let rendered = node.rendered(scope, &problems)
    return problems.count == before ? Endpoint.read(rendered, of: nil, &problems) : nil
  }
}
