public import Basics
import Checkers
import Checking
public import Experiments
public import Histories
public import Reports
import Stacks
public import Verdicts

/// A run that is over, as its folder has it: its record is made again from the history and the plan, and what neither
/// tells is taken from the result that was written when it ended.
///
/// A run that was killed left no result. What is known of it is judged, and it is never called good.
public struct RemadeRun: Sendable {
  private let plan: Plan
  private let history: History
  private let result: JSON?
  private let folder: RunFolder

  /// - Parameters:
  ///   - plan: with the run's secrets in it, for what it does not know cannot be masked.
  ///   - result: what `result.json` holds; nil where there is none.
  ///   - folder: the run's own.
  public init(plan: Plan, history: History, result: JSON?, folder: RunFolder) {
    self.plan = plan
    self.history = history
    self.result = result
    self.folder = folder
  }

  /// The record as it is made now.
  ///
  /// - Parameters:
  ///   - judge: which judges again what was judged when the run ended.
  ///   - maker: who makes it, and when: `faultline 1.2 on 2026-01-31`.
  public func record(by judge: Judge, madeBy maker: String) -> RunRecord {
    var record = RunRecord(
      experiment: .init(
        name: plan.name, file: plan.file, title: plan.title, description: plan.description),
      stack: plan.stack.title, seed: plan.seed,
      command: result?["command"]?.text ?? "faultline run \(plan.file) --seed \(plan.seed)",
      history: history)
    record.show(plan)
    if let result { keep(result, in: &record) } else { reconstruct(&record) }
    let stored = result.map(Self.exit)
    let isJudged = result.map { !($0["invariants"]?.elements ?? []).isEmpty } ?? true
    if plan.claimsNothing {
      record.unjudged = Judge.nothingClaimed
      record.trouble = record.trouble == Judge.nothingClaimed ? nil : record.trouble
    } else if isJudged {
      record.take(judge.judge(history, by: plan, isOneOfMany: record.repetition != nil))
    }
    let now = record.exit
    record.exit = .worst([stored ?? .harness] + (isJudged && !plan.claimsNothing ? [now] : []))
    record.remade = "Made again by \(maker) from what the run's folder holds."
    let judged: Set<ExitCode> = [.valid, .unknown, .invalid]
    if let stored, isJudged, judged.contains(stored), judged.contains(now), stored != now {
      record.remade? +=
        " When the run ended it was \(stored.word.lowercased()); the same history is "
        + "\(now.word.lowercased()) now. The worse counts."
    }
    return record
  }

  /// What only whoever was there could know.
  private func keep(_ result: JSON, in record: inout RunRecord) {
    record.started = result["started"]?.text ?? ""
    record.startedNanoseconds = result["startedNanoseconds"]?.text.flatMap { Int64($0) }
    record.repetition = result["repetition"]?.text
    record.duration = Self.duration(result["milliseconds"])
    record.trouble = result["trouble"]?.text
    record.servers = (result["servers"]?.elements ?? []).map(RunRecord.Server.init)
    record.timings = (result["timings"]?.elements ?? []).map {
      .init(step: $0["step"]?.text ?? "", duration: Self.duration($0["milliseconds"]))
    }
    record.notes = (result["notes"]?.elements ?? []).compactMap(\.text)
  }

  /// What can be said of a run that was killed.
  private func reconstruct(_ record: inout RunRecord) {
    record.started = folder.started ?? ""
    record.duration = Instant.start.duration(to: history.end)
    record.trouble =
      "the run was killed, or could not write what it came to; what is judged ends where its history does"
    let instances = plan.stack.nodes.flatMap(\.instances)
    record.servers = RunRecord.Server.grouped(instances) { _ in "unknown" }
    let state = RunState()
    for seen in history.observations { state.take(seen) }
    record.notes = state.snapshot.notes
  }

  private static func exit(_ result: JSON) -> ExitCode {
    let code = result["exitCode"]?.number.flatMap { Int32(exactly: $0) }
    return code.flatMap(ExitCode.init) ?? .harness
  }

  /// From milliseconds; zero where there is no number.
  private static func duration(_ milliseconds: JSON?) -> Duration {
    let nanoseconds = ((milliseconds?.number ?? 0) * 1e6).rounded()
    return Int64(exactly: nanoseconds).map { .nanoseconds($0) } ?? .zero
  }
}

extension RunRecord {
  /// What a plan tells of a run, however it went.
  mutating func show(_ plan: Plan) {
    self.plan = plan.text
    planned = plan.outline
    parameters = plan.stack.parameters.map { .init(name: $0.name, text: $0.shownText) }
    set = plan.origin.set.map { setting in
      let parameter = plan.stack.parameters.first { $0.name == setting.key }
      return .init(name: setting.key, text: parameter?.shownText ?? setting.text)
    }
    secrets = plan.stack.secrets
    addresses = plan.stack.addresses.map { .init(name: $0.name, ip: "\($0.ip)") }
    picture = StackPicture(plan.stack)
  }

  /// What judges say of its history.
  mutating func take(_ opinion: Judge.Opinion) {
    judgements = opinion.judgements
    predictions = CheckedPrediction.all(in: history)
    expectation = .init(
      isMet: opinion.expectation.isMet, summary: opinion.expectation.sentence)
    exit = ExitCode(opinion.expectation.verdict)
  }
}

extension RunRecord.Server {
  /// As `result.json` has it.
  fileprivate init(_ json: JSON) {
    self.init(
      component: json["component"]?.text ?? "", variant: json["variant"]?.text ?? "",
      version: json["version"]?.text ?? "", standsInFor: json["standsInFor"]?.text,
      nodes: (json["nodes"]?.elements ?? []).compactMap(\.text))
  }

  /// One entry a component and variant, in order of name.
  static func grouped(_ instances: [Instance], version: (Instance) -> String) -> [RunRecord.Server]
  {
    let groups = Dictionary(grouping: instances) { [$0.id.component, $0.variant] }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, group in
      RunRecord.Server(
        component: key[0], variant: key[1], version: version(group[0]),
        standsInFor: group[0].standInFor, nodes: group.map(\.id.node.text).sorted())
    }
  }
}

extension RunFolder {
  /// When its run began, as its name has it, ISO 8601; nil where it has another name.
  var started: String? {
    let stamp = path.split(separator: "/").last?.split(separator: "-").first.map(Array.init) ?? []
    guard stamp.count == 16, stamp[8] == "T", stamp[15] == "Z" else { return nil }
    let digits = stamp[..<8] + stamp[9..<15]
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    func part(_ range: Range<Int>) -> String { String(stamp[range]) }
    return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):"
      + "\(part(13..<15))Z"
  }
}
