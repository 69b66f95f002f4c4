internal import Basics
public import Stacks
public import YAML

extension Plan {
  /// Makes a stored plan again from what it was made of.
  ///
  /// - Parameters:
  ///   - bytes: of `plan.json`.
  ///   - file: as errors name it.
  ///   - machine: where it is to run again; nil answers as the machine did that made it, which is
  ///     right for checking a stored history.
  ///   - set: stack parameters that win over the stored ones: secrets, which are not stored.
  /// - Throws: what is wrong with the file, or with running it on this machine.
  public static func read(
    _ bytes: [UInt8], file: String, machine: Machine? = nil, vocabulary: Vocabulary = .standard,
    set: [(key: String, value: String)] = []
  ) throws(Problems) -> Plan {
    var problems: [Problem] = []
    let root: YAMLNode
    do { root = try YAMLNode.parse(bytes, file: file, limits: .stored) } catch {
      throw Problems(error)
    }
    guard root["format"]?.text == Plan.format else {
      throw Problems(Problem(root.mark, "this is no plan of the format \(Plan.format)"))
    }
    guard let seed = root["seed"]?.text.flatMap({ UInt64($0) }), let path = root["file"]?.text,
      let node = root["origin"], let origin = Origin.read(node, &problems), problems.isEmpty
    else {
      throw Problems(problems + [Problem(root.mark, "'seed', 'file' or 'origin' cannot be read")])
    }
    // What it was made of is at hand: nothing is read from anywhere.
    var plan = try again(
      path, origin, set: set, seed: seed, machine: machine ?? Machine(origin), vocabulary)
    plan.isByHand = root["byHand"]?.text == "true"
    // What an experiment without traffic is warned of is meant there.
    if plan.isByHand { plan.warnings = [] }
    return plan
  }

  /// The text of the experiment's file.
  public var experimentText: String { origin.sources[file] ?? "" }

  /// The text of the stack's file.
  public var stackText: String { origin.sources[stack.file] ?? "" }

  /// The plan of another experiment in the place of this one's file, with the same parameters and seed.
  ///
  /// - Parameter stack: another in the place of the stack's file; nil: the same.
  /// - Throws: what is wrong with the texts, or with running it on this machine.
  public func replacingExperiment(
    with text: String, stack: String? = nil, machine: Machine, vocabulary: Vocabulary = .standard
  ) throws(Problems) -> Plan {
    var origin = origin
    origin.sources[file] = text
    if let stack { origin.sources[self.stack.file] = stack }
    return try Self.again(file, origin, set: [], seed: seed, machine: machine, vocabulary)
  }

  private static func again(
    _ path: String, _ origin: Origin, set: [(key: String, value: String)], seed: UInt64,
    machine: Machine, _ vocabulary: Vocabulary
  ) throws(Problems) -> Plan {
    let loader = Loader(
      RecordedLibrary(origin: origin), machine: machine, vocabulary: vocabulary, trust: .everything)
    let kept = origin.set.filter { stored in !set.contains { $0.key == stored.key } }
    return try loader.experiment(
      path, set: kept.map { ($0.key, $0.text) } + set.map { ($0.key, $0.value) }, seed: seed)
  }
}

extension Origin {
  fileprivate static func read(_ node: YAMLNode, _ problems: inout [Problem]) -> Origin? {
    var fields = Fields(node, of: "'origin'")
    var origin = Origin(sources: [:], folders: [:], set: [], binFolder: "", binaries: [:])
    origin.binFolder = fields.requiredText("bin") ?? ""
    for entry in fields.list("set") {
      guard let key = entry["key"]?.text, let text = entry["text"]?.raw else { continue }
      origin.set.append(.init(key: key, text: text))
    }
    for entry in fields.mapping("binaries") { origin.binaries[entry.key] = entry.value.text }
    for entry in fields.mapping("folders") {
      origin.folders[entry.key] = (entry.value.elements ?? []).compactMap(\.raw)
    }
    for entry in fields.mapping("sources") { origin.sources[entry.key] = entry.value.raw }
    fields.finish(into: &problems)
    return origin
  }
}

extension YAMLNode {
  /// The text of a scalar, whatever it means.
  fileprivate var raw: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }
}
