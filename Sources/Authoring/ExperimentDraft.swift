internal import Basics
internal import Experiments
public import YAML

/// An experiment under way to its file: what a person begins with, comments included.
public struct ExperimentDraft: Sendable {
  /// A few words for a person.
  public var title: String
  /// What it is about; nil: its author is asked to say so.
  public var description: String?
  /// As the file names it: of `fixtures/stacks`, or a path ending in `.yaml`.
  public var stack: String
  /// What is said at the top, a line each.
  public var heading: [String] = []
  /// The stack's parameters that it chooses; they win over those of the traffic.
  public var parameters: [YAMLNode.Entry] = []
  /// The experiment whose traffic, gates and invariants it takes.
  public var traffic: Traffic
  /// In the order of time.
  public var moments: [Moment] = []

  /// Where traffic comes from.
  public struct Traffic: Sendable {
    /// The experiment's path.
    public let file: String
    let root: YAMLNode

    /// - Parameter root: of its file.
    public init(_ root: YAMLNode, of file: String) {
      self.root = root
      self.file = file
    }

    /// The names of its workloads.
    var workloads: [String] { (root["workloads"]?.entries ?? []).map(\.key) }
  }

  /// One line of the method, or of what is told between its lines.
  public struct Moment: Sendable {
    /// What is said of it, a line each.
    public var comments: [String]
    /// When, from the method's beginning, and what; nil: nothing is done.
    public var step: (at: Duration, node: YAMLNode)?
    /// How long it lasts; nil: to the end, or of an operator's step.
    public var length: Duration?

    /// Nothing is checked.
    public init(
      _ comments: [String], _ step: (at: Duration, node: YAMLNode)?, for length: Duration?
    ) {
      self.comments = comments
      self.step = step
      self.length = length
    }
  }

  /// Without a step yet.
  public init(title: String, stack: String, traffic: Traffic) {
    self.title = title
    self.stack = stack
    self.traffic = traffic
  }
}

extension ExperimentDraft {
  /// The file.
  public var text: String {
    let parts = [head, workloads, method, gates, invariants]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private var head: [String] {
    let usual =
      "What this experiment is about: who could be hurt by what, and what must hold all the same."
    return heading.map { $0.isEmpty ? "#" : "# \($0)" } + [
      "title: \(Self.scalar(title))", "description: >",
    ] + Self.folded(description ?? usual) + ["stack: \(Self.scalar(stack))"] + chosenParameters
  }

  /// Lines of a text that is as long as it is, each a step in.
  private static func folded(_ text: String) -> [String] {
    var lines = [""]
    for word in text.split(whereSeparator: \.isWhitespace) {
      let line = lines[lines.count - 1]
      if line.isEmpty || line.count + word.count < width {
        lines[lines.count - 1] += (line.isEmpty ? "" : " ") + String(word).plainLine
      } else {
        lines.append(String(word).plainLine)
      }
    }
    return lines.map { "  " + $0 }
  }

  private static let width = 100

  private var chosenParameters: [String] {
    let own = Set(parameters.map(\.key))
    let all = (traffic.root["with"]?.entries ?? []).filter { !own.contains($0.key) } + parameters
    return all.isEmpty ? [] : Self.lines("with", YAMLNode(.mapping(all), at: traffic.root.mark))
  }

  private var workloads: [String] {
    [
      "# The traffic of \(traffic.file): kinds of workloads are explained by faultline explain KIND."
    ]
      + kept(["workloads", "steady-state"])
  }

  private var method: [String] {
    ["# From the moment at which the steady state has held. faultline list shows every fault."]
      + ["method:"] + moments.flatMap(lines)
  }

  private func lines(_ moment: Moment) -> [String] {
    var lines = moment.comments.map { "  # \($0.plainLine)" }
    if let step = moment.step {
      var entries = [("at", Self.plain(step.at.text))]
      entries += (step.node.entries ?? []).filter { $0.key != "for" }.map { ($0.key, $0.value) }
      if let length = moment.length { entries.append(("for", Self.plain(length.text))) }
      let mark = traffic.root.mark
      let node = YAMLNode(
        .mapping(entries.map { YAMLNode.Entry(key: $0.0, mark: mark, value: $0.1) }), at: mark)
      lines.append("  - \(node.flowText)")
    }
    return lines
  }

  private var gates: [String] { kept(["settle", "capture", "abort-when"]) }

  /// Those of the traffic that name no step, and for each fault how soon everything is well again.
  private var invariants: [String] {
    let taken = (traffic.root["invariants"]?.elements ?? []).filter { !$0.namesFault }
    let lines =
      taken.map { "  - \(Self.invariant($0))" } + bounds
    return [
      "# What must hold: 'faultline explain NAME' says what each asks, and its defaults.",
      "invariants:",
    ]
      + lines
  }

  /// A bound for each fault and workload, so wide that it only says whether the service is back.
  private var bounds: [String] {
    let faults = moments.compactMap(\.step).enumerated().filter { $0.element.node["fault"] != nil }
    guard !faults.isEmpty, let workload = traffic.workloads.first else { return [] }
    let numbers = faults.map { "\($0.offset + 1)" }.joined(separator: ", ")
    return [
      "  # How soon clients have good answers again after each fault: take the bound down to what you promise, and",
      "  # say 'recovers-alone: false' where that waits for the fault's end.",
      "  - failover-time: {workload: \(Self.scalar(workload)), fault: [\(numbers)], sustained-good: 30s}",
    ]
  }

  private func kept(_ keys: [String]) -> [String] {
    keys.flatMap { key in traffic.root[key].map { Self.lines(key, $0) } ?? [] }
  }

  private static func lines(_ key: String, _ node: YAMLNode) -> [String] {
    let entry = YAMLNode.Entry(key: key, mark: node.mark, value: node)
    return YAMLNode(.mapping([entry]), at: node.mark).written.split(separator: "\n").map {
      String($0)
    }
  }

  private static func invariant(_ node: YAMLNode) -> String {
    guard let entry = node.entries?.first, node.entries?.count == 1 else { return node.flowText }
    return "\(entry.key): \(entry.value.flowText)"
  }

  private static func plain(_ text: String) -> YAMLNode {
    YAMLNode(.scalar(text, isPlain: true), at: Mark(file: ""))
  }

  private static func scalar(_ text: String) -> String {
    YAMLNode(.scalar(text.plainLine, isPlain: false), at: Mark(file: "")).flowText
  }
}
