public import Basics
internal import Checking

extension RunSeries {
  /// One run, as its `result.json` tells it.
  public struct Run: Sendable {
    /// Its place among all, counted from 1; 0 for the run that others repeat.
    public let number: Int
    /// What everything random of it followed from.
    public let seed: String
    /// Where it left what it saw; empty where it left nothing.
    public let folder: String
    /// How it ended, as `ExitCode` has it.
    public let exitCode: Int32
    /// Why it could not be judged as planned; nil where it was.
    public let trouble: String?
    /// The command that repeats it.
    public let command: String
    /// For how long the harness itself was held up.
    public let stalled: Duration
    /// What it did to the stack, in the order of the plan.
    public let faults: [StruckFault]
    let workloads: [String: ComparedRun.Workload]
    let invariants: [Judged]
    let servers: [String: String]
    let targets: [(fault: String, nodes: String)]

    /// One invariant of it.
    struct Judged: Sendable {
      let name: String
      let verdict: Verdict
      let summary: String
      let isExpectedToFail: Bool
      /// Of its evidence, in order, each once.
      let kinds: [String]
      let failovers: [Measured]
    }

    /// What was measured of one fault.
    struct Measured: Sendable {
      let fault: String
      let hasOutage: Bool
      let milliseconds: [String: Double]
    }
  }
}

extension RunSeries.Run {
  /// Nil for what is no `result.json`.
  ///
  /// - Parameters:
  ///   - number: its place among all, counted from 1.
  ///   - folder: where it left what it saw, if the document does not say.
  public init?(reading document: JSON, number: Int, folder: String = "") {
    guard let code = document["exitCode"]?.number.flatMap({ Int32(exactly: $0) }),
      let seed = document["seed"]?.text
    else { return nil }
    self.number = number
    self.seed = seed
    self.folder = document["folder"]?.text ?? folder
    exitCode = code
    trouble = document["trouble"]?.text
    command = document["command"]?.text ?? ""
    invariants = (document["invariants"]?.elements ?? []).compactMap(Judged.init)
    workloads = Dictionary(
      (document["workloads"]?.elements ?? []).compactMap { item in
        item["name"]?.text.map { ($0, ComparedRun.Workload(item)) }
      }, uniquingKeysWith: { first, _ in first })
    servers = Dictionary(
      (document["servers"]?.elements ?? []).map { server in
        let (variant, version) = (server["variant"]?.text ?? "", server["version"]?.text ?? "")
        let nodes = (server["nodes"]?.elements ?? []).compactMap(\.text).joined(separator: ", ")
        return ("\(server["component"]?.text ?? "") on \(nodes)", "\(variant) \(version)")
      }, uniquingKeysWith: { first, _ in first })
    stalled = .milliseconds(document["stalledMilliseconds"]?.number ?? 0)
    faults = (document["faults"]?.elements ?? []).compactMap(StruckFault.init)
    targets = (document["faults"]?.elements ?? []).map { fault in
      let number = fault["id"]?.number.map { Decimal.trimmed($0, decimals: 0) } ?? ""
      let nodes = (fault["targets"]?.elements ?? []).compactMap(\.text).sorted()
      return ("fault \(number), \(fault["summary"]?.text ?? "")", nodes.joined(separator: ", "))
    }
  }

  /// A run that left no result: it ended with a code, and said something.
  public init(number: Int, seed: String, exitCode: Int32, trouble: String) {
    self.number = number
    self.seed = seed
    self.exitCode = exitCode
    self.trouble = trouble
    stalled = .zero
    (folder, command, faults, invariants, servers, targets) = ("", "", [], [], [:], [])
    workloads = [:]
  }

  /// Every way in which it failed, in the order of its invariants; those that had to fail come last.
  public var failures: [FailureSignature] {
    let violated = invariants.filter { $0.verdict == .invalid }
    let sorted = violated.filter { !$0.isExpectedToFail } + violated.filter(\.isExpectedToFail)
    return sorted.map { FailureSignature(invariant: $0.name, kind: $0.kinds.first ?? "") }
  }

  /// Whether it failed in this way, whatever else did.
  public func shows(_ signature: FailureSignature) -> Bool {
    invariants.contains { judged in
      judged.name == signature.invariant && judged.verdict == .invalid
        && (signature.kind.isEmpty || judged.kinds.contains(signature.kind))
    }
  }

  /// The names of the invariants that could be judged, each with whether it was violated.
  public var judged: [(name: String, isViolated: Bool)] {
    invariants.filter { $0.verdict != .unknown }.map { ($0.name, $0.verdict == .invalid) }
  }

  /// The worst of it in one sentence; empty where all was well.
  public var remark: String {
    if let trouble {
      return trouble.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let worst = invariants.filter { $0.verdict != .valid && !$0.isExpectedToFail }
      .max { $0.verdict < $1.verdict }
    return worst.map { "\($0.name): \($0.summary)" } ?? ""
  }
}

extension RunSeries.Run.Judged {
  fileprivate init?(_ item: JSON) {
    guard let name = item["name"]?.text,
      let verdict = item["verdict"]?.text.flatMap({ Verdict(rawValue: $0) })
    else { return nil }
    self.name = name
    self.verdict = verdict
    summary = item["summary"]?.text ?? ""
    isExpectedToFail = item["expectedToFail"] == .bool(true)
    kinds = (item["evidence"]?.elements ?? []).compactMap { $0["kind"]?.text }
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    // Faults that were measured have windows; other checkers may have figures of that name, too.
    failovers = (item["figures"]?["faults"]?.elements ?? []).compactMap(RunSeries.Run.Measured.init)
  }
}

extension RunSeries.Run.Measured {
  fileprivate init?(_ item: JSON) {
    guard let number = item["fault"]?.number, let windows = item["windows"]?.elements,
      case .object(let members) = item
    else { return nil }
    fault = "fault \(Decimal.trimmed(number, decimals: 0)), \(item["summary"]?.text ?? "")"
    hasOutage = !windows.isEmpty
    milliseconds = Dictionary(
      members.compactMap { member in member.value.number.map { (member.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }
}
