internal import Basics
internal import Stacks
public import YAML

/// A run whose method comes from people while it goes: a stack, and perhaps the traffic of an experiment.
///
/// It is planned as an experiment without a method would be, whose text is kept with the plan: so whatever
/// reads a plan reads this one, too.
public struct ByHand: Sendable {
  /// A stack in `fixtures/stacks`, or a path ending in `.yaml`.
  public var stack: String
  /// The path of an experiment on that stack, whose workloads, gates and invariants are taken; nil: no traffic.
  public var traffic: String?
  /// Workloads beside those, each as an experiment has it, in braces, or in a few words: `call page 50/s`.
  public var workloads: [String]
  /// What halts it, as `abort-when` of an experiment is written; each a mapping in YAML.
  public var abortWhen: [String]
  /// Keep whole packets of all networks, whatever the experiment says.
  public var recordsPackets: Bool
  /// Every node with a component has a disk of the harness' own.
  public var hasDisks: Bool
  /// With more targets no step is done, unless it says how many it may have; nil: however many.
  public var mostTargets: Int?

  /// Whether what is given as traffic is a workload, and not an experiment.
  public static func isWorkload(_ text: String) -> Bool { WorkloadWords.isWorkload(text) }

  /// No traffic, nothing that halts it, no packets kept, and plain folders for disks.
  public init(stack: String) {
    self.stack = stack
    workloads = []
    abortWhen = []
    recordsPackets = false
    hasDisks = false
  }

  /// Its file's name: reports are filed under it.
  static let file = "up.yaml"
  private static let kept = [
    "with", "steady-state", "settle", "capture", "abort-when",
  ]

  /// The experiment that it is.
  ///
  /// - Parameters:
  ///   - stack: as the text is to name it.
  ///   - title: the stack's or the experiment's.
  ///   - root: of the experiment whose traffic is taken.
  func experiment(on stack: String, title: String, of root: YAMLNode?) throws(Problem) -> YAMLNode {
    let mark = Mark(file: Self.file)
    func text(_ text: String) -> YAMLNode { YAMLNode(.scalar(text, isPlain: true), at: mark) }
    var entries = [
      YAMLNode.Entry(key: "title", mark: mark, value: text("By hand: \(title)")),
      YAMLNode.Entry(key: "stack", mark: mark, value: text(stack)),
    ]
    let given = root?["workloads"]?.entries ?? []
    let traffic = given + (try WorkloadWords.entries(workloads, beside: given.map(\.key)))
    if !traffic.isEmpty {
      entries.append(
        .init(key: "workloads", mark: mark, value: YAMLNode(.mapping(traffic), at: mark)))
    }
    for key in Self.kept where root?[key] != nil {
      if key == "capture" && recordsPackets || key == "abort-when" { continue }
      entries += root?.entries?.filter { $0.key == key } ?? []
    }
    if recordsPackets || root == nil {
      let segment = recordsPackets ? "{segment: all, full: true}" : "{segment: none}"
      entries.append(
        .init(key: "capture", mark: mark, value: try .parse(text: segment, file: Self.file)))
    }
    var conditions = root?["abort-when"]?.elements ?? []
    for condition in abortWhen {
      conditions.append(try ConditionWords.node(condition))
    }
    if !conditions.isEmpty {
      entries.append(
        .init(key: "abort-when", mark: mark, value: YAMLNode(.sequence(conditions), at: mark)))
    }
    let invariants = (root?["invariants"]?.elements ?? []).filter { !$0.namesFault }
    if !invariants.isEmpty {
      entries.append(
        .init(key: "invariants", mark: mark, value: YAMLNode(.sequence(invariants), at: mark)))
    }
    return YAMLNode(.mapping(entries), at: mark)
  }
}

extension YAMLNode {
  /// Whether an invariant is about a step of its method, which nobody has in hand.
  package var namesFault: Bool { entries?.first?.value["fault"] != nil }
}

extension Loader {
  /// Plans a run by hand.
  ///
  /// - Parameter set: stack parameters that win over the experiment's own.
  /// - Throws: everything that is wrong, with places; nothing has been started then.
  public func byHand(_ wanted: ByHand, set: [(String, String)] = [], seed: UInt64) throws(Problems)
    -> Plan
  {
    let mark = Mark(file: wanted.stack, line: 0)
    let outline = try outline(of: wanted.stack, from: "", at: mark)
    var (folder, title, root) = ("", outline.title, YAMLNode?.none)
    var stack = wanted.stack
    if wanted.stack.hasSuffix(".yaml") {
      folder = Paths.folder(of: outline.file)
      stack = String(outline.file.split(separator: "/").last ?? "")
    }
    if let path = wanted.traffic {
      let experiment = try traffic(path, on: outline)
      (folder, root) = (Paths.folder(of: path), experiment)
      title = experiment["title"]?.text ?? title
      stack = experiment["stack"]?.text ?? stack
    }
    let text: String
    do throws(Problem) {
      text = try wanted.experiment(on: stack, title: title, of: root).written
    } catch { throw Problems(error) }
    let path = Paths.join(folder, ByHand.file)
    let files = LibraryOverlay(files: library, path: path, bytes: Array(text.utf8))
    let loader = Loader<LibraryOverlay<Files>>(
      files, machine: machine, vocabulary: vocabulary, trust: trust)
    var plan = try loader.experiment(path, set: set, seed: seed)
    plan.isByHand = true
    plan.hasDisks = wanted.hasDisks
    plan.mostTargets = wanted.mostTargets
    plan.warnings = []
    return plan
  }

  /// The experiment at a path, which must be about that stack.
  private func traffic(_ path: String, on outline: StackOutline) throws(Problems) -> YAMLNode {
    guard let bytes = library.read(path) else { throw Problems(library.absence(of: path, line: 0)) }
    let root: YAMLNode
    do { root = try YAMLNode.parse(bytes, file: path) } catch { throw Problems(error) }
    let mark = root["stack"]?.mark ?? root.mark
    let named = root["stack"]?.text ?? ""
    guard try self.outline(of: named, from: path, at: mark).file == outline.file else {
      throw Problems(
        Problem(mark, "this experiment is about the stack '\(named)', not about \(outline.file)"))
    }
    return root
  }
}
