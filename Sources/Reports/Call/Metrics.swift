import Basics
import Checking

extension RunRecord {
  /// `metrics.prom`: the run's figures as OpenMetrics, for whoever keeps them over time.
  public var metrics: String {
    let outcome = RunOutcome(self)
    return Metrics.text([(outcome.label, outcome)])
  }
}

extension RunCall {
  /// `metrics.prom` of all its runs.
  public var metrics: String { Metrics.text(outcomes) }
}

/// The text format of OpenMetrics 1.0, as Prometheus reads it, too: gauges only, for each is one reading of a run that is
/// over.
enum Metrics {
  /// Samples of one name.
  fileprivate struct Family {
    let name: String
    let help: String
    var samples: [(labels: [(String, String)], value: Double)] = []
  }

  /// - Parameter runs: each under a name of its own.
  static func text(_ runs: [(name: String, run: RunOutcome)]) -> String {
    var families = Family.all
    for (name, run) in runs {
      for (family, labels, value) in samples(run) {
        guard let place = families.firstIndex(where: { $0.name == family }) else { continue }
        let own = [
          ("experiment", name), ("stack", run.stack), ("seed", run.seed), ("file", run.file),
        ]
        families[place].samples.append((own + labels, value))
      }
    }
    return families.filter { !$0.samples.isEmpty }.map(\.text).joined() + "# EOF\n"
  }

  private typealias Sample = (family: String, labels: [(String, String)], value: Double)

  private static func samples(_ run: RunOutcome) -> [Sample] {
    var list: [Sample] = [
      ("faultline_run_exit_code", [], Double(run.exit.rawValue)),
      ("faultline_run_duration_seconds", [], run.duration.seconds),
    ]
    if let text = run.document["startedNanoseconds"]?.text, let start = Double(text) {
      list.append(("faultline_run_start_timestamp_seconds", [], (start / 1e6).rounded() / 1e3))
    }
    for outcome in ["ok", "fail", "info"] {
      guard let count = run.document["operations"]?[outcome]?.number else { continue }
      list.append(("faultline_run_operations", [("outcome", outcome)], count))
    }
    if let stalled = run.document["stalledMilliseconds"]?.number {
      list.append(("faultline_run_stalled_seconds", [], stalled / 1000))
    }
    for server in run.servers {
      list.append(
        (
          "faultline_run_server_info",
          [("component", server.component), ("version", server.version)], 1
        ))
    }
    for judged in run.judged {
      let own = [("invariant", judged.name), ("workload", judged.workload ?? "")]
      list.append(("faultline_invariant_holds", own, judged.number))
      list += Figure.all(in: judged.figures).prefix(mostFigures).map { figure in
        let about = [("fault", figure.fault ?? ""), ("item", figure.item ?? "")]
        return ("faultline_invariant_figure", own + [("figure", figure.name)] + about, figure.value)
      }
    }
    return list
  }

  /// Of one invariant.
  private static let mostFigures = 200
}

extension RunOutcome.Judged {
  fileprivate var number: Double {
    switch verdict {
    case .valid: 1
    case .invalid: 0
    case .unknown: .nan
    }
  }
}

extension Metrics.Family {
  fileprivate static var all: [Metrics.Family] {
    [
      .init(
        name: "faultline_run_exit_code", help: "How the run ended, as 'faultline' says: 0 is valid."
      ),
      .init(
        name: "faultline_run_duration_seconds", help: "From the run's start to its end."),
      .init(
        name: "faultline_run_start_timestamp_seconds", help: "When the run began, since 1970."),
      .init(
        name: "faultline_run_operations",
        help: "What clients asked for, by what became of it; info: nobody knows."),
      .init(
        name: "faultline_run_stalled_seconds", help: "For how long the harness itself was held up."
      ),
      .init(
        name: "faultline_run_server_info", help: "What really ran, always 1."),
      .init(
        name: "faultline_invariant_holds",
        help: "1 where the invariant held, 0 where it was violated, NaN where nobody knows."),
      .init(
        name: "faultline_invariant_figure",
        help: "A figure of an invariant, as result.json has it; times in milliseconds."),
    ]
  }

  /// A sample that was told twice stands once: two of the same labels are refused by readers.
  fileprivate var text: String {
    var seen: Set<String> = []
    let lines = samples.compactMap { sample -> String? in
      let labels = sample.labels.filter { !$0.1.isEmpty }.map {
        "\($0.0)=\"\(Self.escaped($0.1))\""
      }
      let head = "\(name){\(labels.joined(separator: ","))}"
      return seen.insert(head).inserted ? "\(head) \(Self.number(sample.value))\n" : nil
    }
    return "# TYPE \(name) gauge\n# HELP \(name) \(help)\n" + lines.joined()
  }

  private static func escaped(_ text: String) -> String {
    text.plain.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n")
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
