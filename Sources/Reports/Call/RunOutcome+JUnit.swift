import Basics
import Checking

extension RunOutcome {
  /// The run as a suite: a case `run` for whether it was carried out, and one for each invariant.
  ///
  /// Only what is valid passes: where the run did not end well and no invariant says why, its first case does.
  ///
  /// - Parameter name: unique in its file.
  func suite(named name: String) -> JUnitSuite {
    let invariants = judged.map(testCase)
    var run = JUnitSuite.Case(name: "run", time: duration, outcome: .passed, output: links)
    if let unjudged {
      run.outcome = .skipped(message: unjudged)
    } else if let trouble {
      run.outcome = .broken(type: "\(exit)", message: trouble, text: trouble)
    } else if exit != .valid, !invariants.contains(where: \.outcome.isBad) {
      run.outcome = .broken(type: "\(exit)", message: remark, text: remark)
    }
    return JUnitSuite(
      name: name, cases: [run] + invariants, time: duration, timestamp: started,
      properties: properties, output: output)
  }

  private func testCase(_ judged: Judged) -> JUnitSuite.Case {
    let text =
      (judged.evidence.prefix(20) + [judged.place.map { "at \($0.text)" }].compactMap(\.self))
      .joined(separator: "\n")
    let outcome: JUnitSuite.Outcome =
      switch judged.verdict {
      case .unknown: .broken(type: "unknown", message: judged.sentence, text: text)
      case _ where judged.isAsPlanned: .passed
      case .valid: .failed(type: "expectation", message: judged.sentence, text: text)
      case .invalid: .failed(type: "invariant", message: judged.sentence, text: text)
      }
    let figures = Figure.all(in: judged.figures).prefix(Self.mostFigures).map(\.text)
    return .init(
      name: judged.name, outcome: outcome,
      output: ["\(judged.verdict.rawValue): \(judged.summary)"] + figures)
  }

  private static let mostFigures = 100

  private var links: [String] {
    folder.isEmpty ? [] : ["report: \(folder)/report.html"]
  }

  private var properties: [(name: String, value: String)] {
    var list: [(name: String, value: String)] = []
    func add(_ name: String, _ value: String) { if !value.isEmpty { list.append((name, value)) } }
    add("faultline", program)
    add("experiment", file)
    add("stack", stack)
    add("seed", seed)
    add("command", command)
    add("exit-code", "\(exit.rawValue)")
    if !folder.isEmpty { add("report", "\(folder)/report.html") }
    for parameter in parameters { add("parameter.\(parameter.name)", parameter.text) }
    for server in servers { add("version.\(server.component)", server.version) }
    return list
  }

  private var output: [String] {
    let counts = document["operations"]
    func count(_ name: String) -> String {
      counts?[name]?.number.map { Decimal.trimmed($0, decimals: 0) } ?? "0"
    }
    let operations =
      counts == nil
      ? []
      : [
        "operations: \(count("all")), of which \(count("ok")) ok, \(count("fail")) failed, "
          + "\(count("info")) of unknown outcome"
      ]
    let faults = (document["faults"]?.elements ?? []).map { fault in
      "fault \(fault["id"]?.number.map { Decimal.trimmed($0, decimals: 0) } ?? ""): "
        + "\(fault["summary"]?.text ?? ""): \(fault["outcome"]?.text ?? "")"
    }
    let notes = (document["notes"]?.elements ?? []).compactMap(\.text).map { "note: \($0)" }
    return [command.isEmpty ? "" : "again: \(command)"].filter { !$0.isEmpty } + operations + faults
      + notes
  }
}
