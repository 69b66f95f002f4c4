internal import Basics
internal import Checking
internal import Faults
public import Stacks
internal import Workloads

extension Plan {
  /// What would happen, for a person: resolved times, targets, start order.
  public var text: String {
    var lines = ["\(title)", "  \(file), seed \(seed)"]
    lines += wrapped(description, width: 96).map { "  " + $0 }
    lines += [""] + stackLines + [""] + workloadLines + [""] + methodLines + [""]
    lines += invariantLines
    if !bounds.isEmpty { lines += ["", "of many runs"] + bounds.map { "  \($0.text)" } }
    if !warnings.isEmpty { lines += ["", "warnings"] + warnings.map { "  \($0)" } }
    return lines.map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.map(stack.secrets.mask).joined(separator: "\n") + "\n"
  }

  private func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private var stackLines: [String] {
    var lines = ["stack \(stack.name): \(stack.title)"]
    if !stack.parameters.isEmpty {
      lines.append("  with " + stack.parameters.map { "\($0.name)=\($0.shownText)" }.joined(", "))
    }
    lines += table(
      stack.nodes.map { node in
        [
          node.id.text, "site \(node.site)", node.role,
          node.interfaces.flatMap(\.ips).map(\.description).joined(", "),
          node.forwardingText, node.isSpare ? "spare" : "",
          node.instances.map(\.id.component).joined(", "),
        ]
      })
    let links = stack.links.filter { !$0.text.isEmpty }
    if !links.isEmpty {
      lines.append("  with links, the same in both directions:")
      lines += table(links.map { [$0.endsText, $0.text] }).map { "  " + $0 }
    }
    lines += stack.instancesOnStandIns.map {
      "  \($0.id) runs on \($0.variant), a stand-in for \($0.standInFor ?? "")"
    }
    if !diskNodes.isEmpty {
      lines.append(
        "  on disks of their own, which lose what was not synced: "
          + diskNodes.sorted().map(\.text).joined(", "))
    }
    lines.append("  starts in this order, each line when the one before is ready:")
    for (number, layer) in stack.startOrder.enumerated() {
      lines.append("    \(number + 1)  " + layer.map(\.description).joined(", "))
    }
    return lines
  }

  private var workloadLines: [String] {
    guard !workloads.isEmpty else { return ["no workloads"] }
    return ["workloads"]
      + table(
        workloads.map { workload in
          let clients = workload.clients == 1 ? "1 client" : "\(workload.clients) clients"
          return [
            workload.name, workload.kind,
            "\(workload.load.text) to \(workload.service.url)",
            "\(clients) on " + workload.nodes.map(\.text).joined(", "),
            "timeout \(workload.timeout.text)", workload.settings.text,
          ]
        })
  }

  private var methodLines: [String] {
    let start =
      "once traffic has been without errors for \(steadyState.holds.text), "
      + "within \(steadyState.within.text):"
    let end =
      "then heals everything, and traffic is to be good again for \(settle.holds.text), "
      + "within \(settle.within.text)"
      + (settle.quiet > .zero ? "; then nobody asks for \(settle.quiet.text)" : "")
    guard !schedule.isEmpty else { return [start, "  nothing is done", end] }
    return [start]
      + table(
        schedule.map { step in
          ["\(step.id)", step.beginning, step.healing.text(step), step.text]
        }) + abortLines + [end]
  }

  private var abortLines: [String] {
    abortWhen.map { "gives up, and heals everything, as soon as \($0)" }
  }

  private var invariantLines: [String] {
    guard !invariants.isEmpty else { return ["no invariants"] }
    return ["must hold"]
      + table(
        invariants.map { invariant in
          let isExpected = expectation.mustFail.contains(invariant.name)
          let about = [
            invariant.workload.map { "workload \($0)" }, invariant.fault.map { "fault \($0)" },
          ].compactMap { $0 }
          var own = invariant.settings
          own["workload"] = nil
          own["fault"] = nil
          return [
            invariant.name, invariant.name == invariant.checker ? "" : invariant.checker,
            (about + [own.text]).filter { !$0.isEmpty }.joined(", "),
            [
              isExpected ? "expected to be violated" : nil,
              invariant.unasked.map { "unasked: \($0)" },
            ]
            .compactMap { $0 }.joined(", "),
          ]
        })
  }

  /// Columns as wide as their widest entry; empty ones are left out.
  private func table(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().filter { widths[$0.offset] > 0 }.map { column, text in
        text + String(repeating: " ", count: widths[column] - text.count)
      }
      return "  " + cells.joined("  ")
    }
  }
}

extension ResolvedStack {
  /// Instances that run on a stand-in; every report names them.
  public var instancesOnStandIns: [Instance] {
    nodes.flatMap(\.instances).filter { $0.standInFor != nil }
  }
}

extension Step {
  /// When it begins, for a person.
  fileprivate var beginning: String {
    let moment = follows.map { "after \($0), not before \(at.text)" } ?? "at \(at.text)"
    guard let trigger else { return moment }
    let start = follows == nil && at == .zero ? "" : moment + ", "
    return start + "when \(trigger.condition), within \(trigger.within.text)"
  }
}

extension Healing {
  fileprivate func text(_ step: Step) -> String {
    switch self {
    case .at(let time) where step.isDynamic:
      time == step.at ? "at once" : "for \((time - step.at).text)"
    case .at(let time): time == step.at ? "at once" : "until \(time.text)"
    case .atEnd: "until the end"
    case .never: step.isAction ? "action" : "for good"
    }
  }
}

extension Settings {
  /// `key value`, sorted by key.
  var text: String {
    values.keys.sorted().map { "\($0) \(values[$0]?.text ?? "")" }.joined(", ")
  }
}

extension Setting {
  /// As a person would write it; a mapping with its keys sorted.
  var text: String {
    switch self {
    case .duration(let value): value.text
    case .bound(let value): value.text
    case .ratio(let value): value.description
    case .integer(let value): String(value)
    case .number(let value): Decimal.trimmed(value, decimals: 6)
    case .text(let value): value
    case .flag(let value): value ? "true" : "false"
    case .list(let values): "[" + values.map(\.text).joined(", ") + "]"
    case .mapping(let values):
      "{" + values.keys.sorted().map { "\($0): \(values[$0]?.text ?? "")" }.joined(", ") + "}"
    }
  }
}

extension [String] {
  fileprivate func joined(_ separator: String) -> String { joined(separator: separator) }
}

extension StackNode {
  /// `forwards, masquerades on wan`; empty where it passes nothing on.
  fileprivate var forwardingText: String {
    guard forwards else { return "" }
    return masquerades.isEmpty
      ? "forwards" : "forwards, masquerades on \(masquerades.joined(separator: ", "))"
  }
}
