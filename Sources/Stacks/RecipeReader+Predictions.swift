public import Basics
internal import YAML

/// What follows from how an instance is configured.
extension RecipeReader {
  func predictions(_ fields: inout Fields, probes: [ProbeQuery]) -> [Prediction] {
    fields.list("predicts", atMost: 32).compactMap {
      prediction($0, probes: probes, &fields.problems)
    }
  }

  private func prediction(
    _ node: YAMLNode, probes: [ProbeQuery], _ problems: inout [Problem]
  ) -> Prediction? {
    var fields = Fields(node, of: "a prediction")
    let subject = subject(&fields, probes: probes)
    let struck = struck(&fields)
    let least = fields.require("least").flatMap { duration($0, of: "least", &fields.problems) }
    let mostNode = fields.take("most")
    let most = mostNode.flatMap { duration($0, of: "most", &fields.problems) }
    let source = fields.requiredText("source")
    if let least, let most, least > most {
      fields.refuse(
        "'most' comes to \(most.text), less than 'least', which is \(least.text)",
        at: mostNode?.mark)
    }
    let before = problems.count
    fields.finish(into: &problems)
    guard problems.count == before, let subject, let least, let source else { return nil }
    return Prediction(
      of: sketch.id, subject, struckNodes: struck.nodes.sorted(),
      struckInstances: struck.instances.sorted(), least: least, most: most, source: source)
  }

  private func subject(
    _ fields: inout Fields, probes: [ProbeQuery]
  ) -> Prediction.Subject? {
    if fields.require("of") == nil { return nil }
    let word = fields.choice("of", ["role", "address", "probe"])
    let probe = fields.text("probe")
    let component = fields.text("component")
    if probe != nil, word != "probe" {
      fields.refuse("'probe' belongs to 'of: probe'", at: fields.node["probe"]?.mark)
    }
    if component != nil, word != "role" {
      fields.refuse("'component' belongs to 'of: role'", at: fields.node["component"]?.mark)
    }
    switch word {
    case "role": return .role(of: component ?? sketch.id.component)
    case "address": return .address
    case "probe":
      guard let probe else {
        fields.refuse("a prediction of a probe needs the key 'probe'")
        return nil
      }
      guard probes.contains(where: { $0.name == probe }) else {
        fields.problems.append(
          .unknown(
            "probe", probe, among: probes.map(\.name),
            at: fields.node["probe"]?.mark ?? fields.mark))
        return nil
      }
      return .probe(probe)
    default: return nil
    }
  }

  private func duration(
    _ node: YAMLNode, of key: String, _ problems: inout [Problem]
  ) -> Duration? {
    guard let text = node.text else {
      problems.append(Problem(node.mark, "'\(key)' must be a single value"))
      return nil
    }
    do { return try Formula.duration(text) } catch {
      problems.append(Problem(node.mark, "'\(key)' is '\(text)': \(error.message)"))
      return nil
    }
  }
}

// Who must have been struck.
extension RecipeReader {
  private typealias Struck = (nodes: Set<NodeID>, instances: Set<InstanceID>)

  /// `self`, `node`, a component of the same node, or a selection of nodes such as `role:web`, each
  /// with everything on it.
  private func struck(_ fields: inout Fields) -> Struck {
    let mark = fields.node["after"]?.mark ?? fields.mark
    var struck: Struck = ([], [])
    for word in fields.texts("after") ?? ["self", "node"] {
      switch word {
      case "self": struck.instances.insert(sketch.id)
      case "node": struck.nodes.insert(sketch.id.node)
      default:
        do throws(Problem) {
          let more = try word.contains(":") ? selected(word, at: mark) : neighbour(word, at: mark)
          struck.nodes.formUnion(more.nodes)
          struck.instances.formUnion(more.instances)
        } catch {
          fields.problems.append(error)
        }
      }
    }
    return struck
  }

  private func neighbour(_ component: String, at mark: Mark) throws(Problem) -> Struck {
    let known = Set(scope.nodes.flatMap { $0.components }).sorted()
    guard known.contains(component) else {
      throw Problem.unknown(
        "component", component, among: known + ["self", "node"], at: mark)
    }
    return ([], [InstanceID(node: sketch.id.node, component: component)])
  }

  private func selected(_ query: String, at mark: Mark) throws(Problem) -> Struck {
    var struck: Struck = ([], [])
    for attributes in try scope.select(query, at: mark) {
      let node = NodeID(attributes["name"] ?? "")
      struck.nodes.insert(node)
      for component in attributes.components {
        struck.instances.insert(InstanceID(node: node, component: component))
      }
    }
    return struck
  }
}

extension [String: String] {
  /// The components of a node with these attributes.
  fileprivate var components: [String] {
    (self["components"] ?? "").split(separator: ",").map { String($0) }
  }
}

extension ResolvedStack {
  /// What is predicted from how its instances are configured, in the order of the nodes.
  public var predictions: [Prediction] {
    nodes.flatMap(\.instances).flatMap(\.predictions)
  }
}
