public import Basics
internal import Checking

/// One run of a call, as its `result.json` tells it: what test cases, summaries, annotations and metrics are made of.
///
/// The document was masked when it was written, so nothing that is made of it says a secret.
public struct RunOutcome: Sendable {
  /// The result as it was written, or would have been.
  public let document: JSON
  /// How the run ended; worse than the document says where something went wrong after it was written.
  public var exit: ExitCode

  /// Nil for what is no `result.json`.
  public init?(reading document: JSON) {
    guard let code = document["exitCode"]?.number.flatMap({ Int32(exactly: $0) }) else {
      return nil
    }
    self.document = document
    exit = ExitCode(rawValue: code) ?? .harness
  }

  /// A run whose record is at hand.
  public init(_ record: RunRecord) {
    document = record.json
    exit = record.exit
  }

  /// One invariant of it.
  struct Judged {
    let name: String
    let checker: String
    let workload: String?
    let verdict: Verdict
    let summary: String
    let isExpectedToFail: Bool
    let place: FilePlace?
    let figures: JSON
    /// What shows it, a sentence each.
    let evidence: [String]

    /// Whether it came out as the experiment says that it must.
    var isAsPlanned: Bool { verdict != .unknown && (verdict == .invalid) == isExpectedToFail }

    /// What came of it, for a person.
    var sentence: String {
      isExpectedToFail && verdict == .valid ? "expected to fail, but: \(summary)" : summary
    }
  }
}

extension RunOutcome {
  private func text(_ name: String) -> String? { document[name]?.text }

  var file: String { document["experiment"]?["file"]?.text ?? "" }
  var title: String { document["experiment"]?["title"]?.text ?? "" }
  var stack: String { document["experiment"]?["stack"]?.text ?? "" }
  var seed: String { text("seed") ?? "" }
  var command: String { text("command") ?? "" }
  var started: String { text("started") ?? "" }
  var repetition: String? { text("repetition") }
  /// Why it could not be judged as planned.
  var trouble: String? { text("unjudged") == nil ? text("trouble") : nil }
  /// Why nothing is claimed of it.
  var unjudged: String? { text("unjudged") }
  /// Where it left what it saw; empty where that is not known.
  public var folder: String { text("folder") ?? "" }
  var program: String { text("program") ?? "" }
  var duration: Duration {
    .nanoseconds(Int64(exactly: ((document["milliseconds"]?.number ?? 0) * 1e6).rounded()) ?? 0)
  }

  /// What the command line set.
  var set: [(name: String, text: String)] { texts(document["set"]) }
  var parameters: [(name: String, text: String)] { texts(document["parameters"]) }

  private func texts(_ object: JSON?) -> [(name: String, text: String)] {
    guard case .object(let members)? = object else { return [] }
    return members.map { ($0.name, $0.value.text ?? "") }
  }

  /// What really ran: a component with its variant and version.
  var servers: [(component: String, version: String)] {
    (document["servers"]?.elements ?? []).map { server in
      let words = [server["variant"]?.text, server["version"]?.text].compactMap(\.self)
      return (server["component"]?.text ?? "", words.joined(separator: " "))
    }
  }

  /// What is wrong with its file.
  var problems: [RunRecord.PlacedProblem] {
    (document["problems"]?.elements ?? []).compactMap { problem in
      FilePlace(problem["place"]).map { .init(place: $0, message: problem["message"]?.text ?? "") }
    }
  }

  /// Of a run that could not be judged as planned none counts: it was judged on a part of what was to be seen.
  var judged: [Judged] {
    guard trouble == nil else { return [] }
    return (document["invariants"]?.elements ?? []).compactMap(Judged.init)
  }

  /// The experiment's file as one word, told from other variants by what was set, and from other runs by its number:
  /// `floating-address.01-load-balancer-dies [mode=slow] (run 3 of 20)`.
  var label: String {
    let sets = set.map { "\($0.name)=\($0.text.cut(toBytes: 60))" }.joined(separator: ", ")
    return Self.word(of: file) + (sets.isEmpty ? "" : " [\(sets)]")
      + (repetition.map { " (\($0))" } ?? "")
  }

  /// A file's path as a name with dots: what continuous integration takes for packages.
  static func word(of file: String) -> String {
    var path = file[...]
    if path.hasPrefix("experiments/") { path = path.dropFirst("experiments/".count) }
    if path.hasSuffix(".yaml") { path = path.dropLast(".yaml".count) }
    let word = path.split(separator: "/").joined(separator: ".")
    return word.isEmpty ? "faultline" : word
  }

  /// The worst of it in one sentence; empty where all was well.
  var remark: String {
    if let sentence = trouble ?? unjudged { return sentence }
    let bad = judged.filter { !$0.isAsPlanned }
    guard let worst = bad.max(by: { $0.verdict < $1.verdict }) else {
      return exit == .valid ? "" : document["expectation"]?["summary"]?.text ?? exit.word
    }
    return "\(worst.name): \(worst.sentence)"
  }
}

extension RunOutcome.Judged {
  fileprivate init?(_ item: JSON) {
    guard let name = item["name"]?.text,
      let verdict = item["verdict"]?.text.flatMap({ Verdict(rawValue: $0) })
    else { return nil }
    self.name = name
    self.verdict = verdict
    checker = item["checker"]?.text ?? name
    workload = item["workload"]?.text
    summary = item["summary"]?.text ?? ""
    isExpectedToFail = item["expectedToFail"] == .bool(true)
    place = FilePlace(item["place"])
    figures = item["figures"] ?? .null
    evidence = (item["evidence"]?.elements ?? []).compactMap { $0["summary"]?.text }
  }
}
