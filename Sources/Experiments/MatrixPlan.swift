internal import Basics
internal import Faults
public import Stacks
public import YAML

/// What a matrix tries: each component of a stack, on nodes of each role, against each fault that fits; every cell an
/// experiment with the traffic, the gates and the invariants of one that there is, and a single step.
public struct MatrixPlan: Sendable {
  /// A component on the nodes of a role.
  public struct Row: Hashable, Sendable {
    /// The component's name.
    public var component: String
    /// What the nodes are there for.
    public var role: String
    /// Which of them is struck, in words: `the leader of db`.
    public var aim: String
    /// As a step has it in a file.
    fileprivate var target: String
  }

  /// A fault with standard settings.
  public struct Column: Hashable, Sendable {
    /// As the table has it: the fault's name, and `node` where it strikes a whole node although it could strike a component.
    public var name: String
    /// The fault's name in the catalogue.
    public var fault: String
    /// It is about a node or its ways, so components on one node need it only once.
    public var isOfNode: Bool
    /// What it is told besides, `, key: value` each.
    fileprivate var settings: String
    /// What it must be told that no standard fits; empty where it is ready.
    fileprivate var lacking: [String]
    /// It means a group of nodes.
    fileprivate var takesGroup: Bool
  }

  /// What there is to do about a row and a column.
  public enum Cell: Hashable, Sendable {
    /// The text of the experiment.
    case experiment(String)
    /// Why the fault does not fit, in a sentence.
    case refused(String)
    /// The fault strikes the node, which an earlier row has in hand: that row's place.
    case sameAs(Int)
  }

  /// In the order of the stack.
  public let rows: [Row]
  /// In the order of the catalogue.
  public let columns: [Column]
  /// For each row its cells, in the order of the columns.
  public let cells: [[Cell]]

  /// How long each fault lasts.
  static let length = "5s"
}

extension MatrixPlan {
  /// - Parameters:
  ///   - plan: of the experiment whose traffic is taken.
  ///   - faults: only those of these names; nil: all of the catalogue.
  ///   - machine: where the cells are to run.
  public init(
    _ plan: Plan, faults: Set<String>? = nil, machine: Machine,
    vocabulary: Vocabulary = .standard
  ) throws(Problems) {
    let root: YAMLNode
    do {
      root = try YAMLNode.parse(Array(plan.experimentText.utf8), file: plan.file)
    } catch { throw Problems(error) }
    let rows = Self.rows(of: plan.stack)
    let wanted = FaultCatalogue.faults.filter { faults?.contains($0.name) != false }
    let columns = wanted.flatMap { Self.columns(of: $0) }
    self.rows = rows
    self.columns = columns
    cells = rows.indices.map { place in
      columns.map { column -> Cell in
        let row = rows[place]
        let first = rows.firstIndex { $0.role == row.role } ?? place
        if column.isOfNode, first < place { return .sameAs(first) }
        guard column.lacking.isEmpty else {
          return .refused("it must be told \(column.lacking.joined(separator: " and "))")
        }
        let text = Self.experiment(
          root, row, column, workloads: plan.workloads.map(\.name), of: plan.stack)
        do throws(Problems) {
          _ = try plan.replacingExperiment(with: text, machine: machine, vocabulary: vocabulary)
          return .experiment(text)
        } catch {
          return .refused(error.all.first?.message ?? "it does not fit")
        }
      }
    }
  }

  /// Each component once for each role of the nodes that it runs on.
  private static func rows(of stack: ResolvedStack) -> [Row] {
    var rows: [Row] = []
    for node in stack.nodes where !node.isSpare {
      for instance in node.instances
      where !rows.contains(where: { $0.component == instance.id.component && $0.role == node.role }
      ) {
        rows.append(row(instance, on: node.role, in: stack))
      }
    }
    return rows
  }

  /// Who is struck: whoever leads, or has an address, for there the most depends on them; else one of the role.
  private static func row(_ instance: Instance, on role: String, in stack: ResolvedStack) -> Row {
    let component = instance.id.component
    let peers = stack.nodes(role: role).filter { node in
      !node.isSpare && node.instances.contains { $0.id.component == component }
    }
    func row(_ aim: String, _ target: String) -> Row {
      Row(component: component, role: role, aim: aim, target: "{\(target)}")
    }
    if peers.count == 1 { return row("\(peers[0].id)", "node: \(peers[0].id)") }
    // Where its leader may stand on a node of another role, it is not this row's.
    let everywhere = stack.instances(of: component).count
    if instance.roleQuery != nil, everywhere == peers.count {
      return row("the leader of \(component)", "leader-of: \(component)")
    }
    let address = stack.addresses.first { address in
      peers.contains { $0.id == address.preferred }
    }
    if let address { return row("the owner of \(address.name)", "owner-of: \(address.name)") }
    return row("one of \(peers.count)", "role: \(role), pick: one")
  }

  /// One for a fault; two where it can strike a component or take a node's power.
  private static func columns(of fault: any Fault.Type) -> [Column] {
    let samples = Example.settings(of: fault)
    func column(_ name: String, isOfNode: Bool) -> Column {
      Column(
        name: name, fault: fault.name, isOfNode: isOfNode,
        settings: samples.map { ", \($0.key): \($0.text)" }.joined(),
        lacking: samples.filter(\.isPlaceholder).map(\.key), takesGroup: fault.drawsOrder)
    }
    switch fault.aim {
    case .everything: return []
    case .instances: return [column(fault.name, isOfNode: false)]
    case .nodes, .path: return [column(fault.name, isOfNode: true)]
    case .nodesOrInstances:
      let own = column(fault.name, isOfNode: false)
      return fault is Kill.Type ? [own, column("\(fault.name) node", isOfNode: true)] : [own]
    }
  }
}

extension MatrixPlan {
  private static let kept = ["with", "workloads", "steady-state", "settle"]

  /// The experiment of a cell.
  private static func experiment(
    _ root: YAMLNode, _ row: Row, _ column: Column, workloads: [String], of stack: ResolvedStack
  ) -> String {
    let target = column.takesGroup ? "{role: \(row.role)}" : row.target
    let component = column.isOfNode ? "" : ", component: \(row.component)"
    let step =
      "{at: 1s, fault: \(column.fault), target: \(target)\(component), for: \(length)"
      + "\(column.settings)}"
    let own = (root["invariants"]?.elements ?? []).filter { !$0.namesFault }
    let names = Set(own.compactMap { $0.entries?.first?.value["name"]?.text })
    // A failover is measured of each workload, and bounded only where the experiment bounds it.
    let measured = workloads.map { workload -> String in
      var name = "recovery-of-\(workload)"
      while names.contains(name) { name += "-too" }
      return "  - failover-time: {name: \(name), workload: \(workload), recovers-alone: false}"
    }
    var lines = [
      "title: \(scalar("\(column.name) of \(row.component), \(row.aim)"))",
      "description: One cell of a matrix of components and faults.",
      "stack: \(root["stack"]?.flowText ?? stack.name)",
    ]
    for key in kept {
      guard let value = root[key] else { continue }
      lines.append("\(key): \(value.flowText)")
    }
    lines += ["capture: {segment: none}", "method:", "  - \(step)", "invariants:"]
    return (lines + measured + own.map { "  - \($0.flowText)" }).joined(separator: "\n") + "\n"
  }

  private static func scalar(_ text: String) -> String {
    YAMLNode(.scalar(text, isPlain: false), at: StepKeys.mark).flowText
  }
}

extension Loader {
  /// The file of a stack, by its name or by a path ending in `.yaml`.
  ///
  /// - Throws: that there is none, with the nearest that there is.
  public func stackFile(of name: String) throws(Problems) -> String {
    try outline(of: name, from: "", at: Mark(file: name, line: 0)).file
  }

  /// The file of the stack that an experiment is about.
  ///
  /// - Throws: that either is not there, or cannot be read.
  public func stackFile(ofExperiment path: String) throws(Problems) -> String {
    guard let bytes = library.read(path) else { throw Problems(library.absence(of: path, line: 0)) }
    let root: YAMLNode
    do { root = try YAMLNode.parse(bytes, file: path) } catch { throw Problems(error) }
    return try outline(
      of: root["stack"]?.text ?? "", from: path, at: root["stack"]?.mark ?? root.mark
    ).file
  }

  /// The first experiment in a folder, in the order of paths, that is about a stack and can be planned.
  ///
  /// - Parameter stack: a stack's name, or a path ending in `.yaml`.
  /// - Returns: its path; nil where there is none.
  public func firstExperiment(about stack: String, in folder: String) -> String? {
    let last = stack.split(separator: "/").last.map(String.init) ?? stack
    let name = last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
    return experimentFiles(in: folder).first { stackName(ofExperiment: $0) == name }
  }
}
