public import Basics

/// What `result.json` and `call.json` look like, as JSON Schema (draft 2020-12). Members may be added without another
/// number in `format`; none goes, and none changes its meaning.
public enum ResultSchema {
  /// By what `faultline schema` calls them.
  public static let files: [(name: String, document: JSON)] = [
    ("result", result), ("call", call),
  ]

  /// `result.json` of a run, and what `run --json` prints.
  public static let result: JSON = document(
    "Faultline's result of a run", format: RunRecord.format,
    [
      (
        "problems", .array(of: problem),
        "What is wrong with the files; empty where a plan could be made."
      ),
      ("unjudged", .orNull(.text), "Why nothing is claimed of it; null where it was judged."),
      ("experiment", experiment, "Which experiment."),
      ("madeAgain", .orNull(.text), "That 'faultline report' made it, and from what."),
      ("repetition", .orNull(.text), "Which of many runs it is: run 3 of 20."),
      ("seed", .digits, "What everything random of it followed from."),
      ("command", .text, "What repeats it; secrets are hidden."),
      ("started", .text, "When it began, ISO 8601; empty where it did not."),
      ("startedNanoseconds", .orNull(.digits), "The same in nanoseconds since 1970."),
      ("milliseconds", .number, "From its start to its end."),
      ("parameters", .map(of: .text), "The stack's parameters; a secret's value is hidden."),
      ("set", .map(of: .text), "Which of them the command line set."),
      (
        "expectation", .orNull(expectation), "What 'expect:' came to; null where nothing must fail."
      ),
      ("phases", .map(of: .number), "When each phase began, in milliseconds from the start."),
      ("operations", operations, "What clients asked for, by what became of it."),
      (
        "workloads", .array(of: workload),
        "How each fared, from the first step to the end of traffic."
      ),
      ("invariants", .array(of: invariant), "One for each that was judged."),
      ("predictions", .array(of: .object), "What was predicted beside what was measured."),
      ("faults", .array(of: fault), "What was done to the stack, in order."),
      ("servers", .array(of: server), "What really ran."),
      ("timings", .array(of: timing), "Where the time went before the steady state."),
      ("stalledMilliseconds", .number, "For how long the harness itself was held up."),
      ("notes", .array(of: .text), "What a reader should know."),
      ("plan", .orNull(.object), "What was planned, as plan.json has it without its sources."),
    ],
    optional: [
      ("folder", .text, "Where the run left everything; only where 'run --json' prints it.")
    ])

  /// `call.json` of a call of `faultline run`.
  public static let call: JSON = document(
    "Faultline's account of a call of 'faultline run'", format: RunCall.format,
    [
      ("command", .text, "The command line; secrets are hidden."),
      ("started", .text, "When it began, ISO 8601."),
      ("startedNanoseconds", .digits, "The same in nanoseconds since 1970."),
      ("milliseconds", .number, "From its start to its end."),
      ("shard", .orNull(.text), "Which part of all runs: 2/4."),
      ("runs", .array(of: run), "Every run that was begun or whose file was refused, in order."),
      ("series", .array(of: series), "What several runs of an experiment came to together."),
      ("notRun", .array(of: missed), "What was asked for and not begun."),
    ])
}

extension ResultSchema {
  private typealias Member = (name: String, form: SchemaForm, summary: String)

  private static func document(
    _ title: String, format: String, _ members: [Member], optional: [Member] = []
  ) -> JSON {
    let head: [Member] = [
      ("format", .constant(format), "The shape of this document."),
      ("program", .text, "What made it: faultline and its version."),
      ("verdict", .words(["valid", "unknown", "invalid"]), "Valid only where the exit code is 0."),
      ("exitCode", .words(of: ExitCode.allCases), "How it ended; the README has the table."),
      ("trouble", .orNull(.text), "Why it could not be judged as planned; null where it was."),
    ]
    let form = SchemaForm.record(head + members, optional: optional)
    guard case .object(let own) = form.json else { return .null }
    return .object(
      [
        .init("$schema", "https://json-schema.org/draft/2020-12/schema"),
        .init("title", .string(title)),
      ] + own)
  }

  private static let place = SchemaForm.record([
    ("file", .text, "As the project names it."),
    ("line", .integer, "From 1; 0 where there is none."),
    ("column", .integer, "From 1, in characters."),
  ])

  private static let problem = SchemaForm.record([
    ("place", place, "Where."), ("message", .text, "One sentence with a remedy."),
  ])

  private static let experiment = SchemaForm.record([
    ("name", .text, "The file's name without folder and ending."),
    ("file", .text, "The file; empty where the command line named none."),
    ("title", .text, "A few words for a person."), ("stack", .text, "The stack's title."),
  ])

  private static let expectation = SchemaForm.record([
    ("met", .flag, "Whether exactly the expected invariants failed."),
    ("summary", .text, "One sentence."),
  ])

  private static let operations = SchemaForm.record(
    ["all", "ok", "fail", "info"].map { ($0, .integer, "How many.") })

  private static let workload = SchemaForm.record([
    ("name", .text, "As the experiment has it."),
    ("operations", .integer, "How many were meant to start."),
    ("good", .integer, "How many were answered well and in time."),
    (
      "availability", .orNull(.number),
      "Their share, from 0 to 1; null where none was meant to start."
    ),
    ("latency", .anything, "Quantiles of the good ones from the intended start, in milliseconds."),
  ])

  private static let evidence = SchemaForm.record([
    ("kind", .text, "What it shows: lost, stale."), ("summary", .text, "One sentence."),
    ("from", .orNull(.number), "In milliseconds from the start."),
    ("until", .orNull(.number), "The same."),
    ("operations", .array(of: .integer), "Their places among those that were judged."),
  ])

  private static let invariant = SchemaForm.record([
    ("name", .text, "Unique in the experiment."), ("checker", .text, "Who judged it."),
    ("workload", .orNull(.text), "Whose operations; null for the whole run."),
    ("verdict", .words(["valid", "unknown", "invalid"]), "What was found."),
    ("expectedToFail", .flag, "Whether the experiment says that it must."),
    ("place", .orNull(place), "Where the experiment has it; null where nobody wrote it."),
    ("summary", .text, "One sentence."), ("model", .orNull(.text), "What it was judged by."),
    ("operations", .integer, "How many were judged."),
    ("figures", .anything, "The checker's own; times in milliseconds."),
    ("evidence", .array(of: evidence), "At most a hundred."),
    ("evidenceTotal", .integer, "How many there are."),
  ])

  private static let fault = SchemaForm.record([
    ("id", .integer, "Its number in the plan."), ("kind", .text, "Its name: kill."),
    ("summary", .text, "A few words."), ("isAction", .flag, "An operator's step, no fault."),
    ("targets", .array(of: .text), "What its target resolved to."),
    ("injected", .orNull(.number), "In milliseconds from the start, as are the others."),
    ("state", .text, "What the stack was doing then."),
    ("inCharge", .array(of: .text), "Which of its targets led or had an address."),
    ("outcome", .text, "confirmed, contradicted, inconclusive."),
    ("confirmed", .orNull(.number), "When it was seen."), ("confirmation", .text, "By what."),
    ("measures", .array(of: .object), "What was asked for beside what was measured."),
    ("healed", .orNull(.number), "When it was undone."),
    ("healConfirmed", .orNull(.number), "When that was seen."),
  ])

  private static let server = SchemaForm.record([
    ("component", .text, "What it plays."), ("variant", .text, "Which program."),
    ("version", .text, "By its own word."),
    ("standsInFor", .orNull(.text), "Null for the real thing."),
    ("nodes", .array(of: .text), "Where it ran."),
  ])

  private static let timing = SchemaForm.record([
    ("step", .text, "What was done."), ("milliseconds", .number, "How long it took."),
  ])

  private static let run = SchemaForm.record([
    ("name", .text, "Unique in the call; junit.xml has the same."),
    ("file", .text, "Its experiment."),
    ("title", .text, "A few words."), ("seed", .digits, "Its own."),
    ("repetition", .orNull(.text), "run 3 of 20."),
    ("verdict", .words(["valid", "unknown", "invalid"]), "What was found."),
    ("exitCode", .words(of: ExitCode.allCases), "How it ended."),
    ("remark", .text, "The worst of it in one sentence; empty where all was well."),
    ("milliseconds", .number, "From its start to its end."),
    ("folder", .text, "Where it left everything; empty where it left nothing."),
  ])

  private static let series = SchemaForm.record([
    ("name", .text, "Unique in the call."), ("file", .text, "Its experiment."),
    ("exitCode", .words(of: ExitCode.allCases), "How it ended."),
    ("folder", .text, "Where series.json is."),
    ("remark", .text, "The worst of it in one sentence; empty where all was well."),
  ])

  private static let missed = SchemaForm.record([
    ("file", .text, "Its experiment."), ("repetition", .orNull(.text), "run 3 of 20."),
    ("reason", .text, "Why not."),
  ])
}

/// The few forms that results are described with.
private indirect enum SchemaForm: Sendable {
  case text, number, integer, flag, digits, object, anything
  case constant(String)
  case values([JSON])
  case array(of: SchemaForm)
  case map(of: SchemaForm)
  case orNull(SchemaForm)
  case record(
    [(name: String, form: SchemaForm, summary: String)],
    optional: [(name: String, form: SchemaForm, summary: String)] = [])

  static func words(_ words: [String]) -> SchemaForm { .values(words.map { .string($0) }) }
  static func words(of codes: [ExitCode]) -> SchemaForm {
    .values(codes.map { .integer(Int64($0.rawValue)) })
  }

  var json: JSON {
    switch self {
    case .text: ["type": "string"]
    case .number: ["type": "number"]
    case .integer: ["type": "integer"]
    case .flag: ["type": "boolean"]
    case .digits: ["type": "string", "pattern": "^[0-9]*$"]
    case .object: ["type": "object"]
    case .anything: [:]
    case .constant(let text): ["const": .string(text)]
    case .values(let values): ["enum": .array(values)]
    case .array(let form): ["type": "array", "items": form.json]
    case .map(let form): ["type": "object", "additionalProperties": form.json]
    case .orNull(let form): ["anyOf": [form.json, ["type": "null"]]]
    case .record(let members, let optional):
      [
        "type": "object",
        "properties": .object(
          (members + optional).map { member in
            var own: [JSON.Member] = [.init("description", .string(member.summary))]
            if case .object(let form) = member.form.json { own += form }
            return .init(member.name, .object(own))
          }),
        "required": .strings(members.map(\.name)),
      ]
    }
  }
}
