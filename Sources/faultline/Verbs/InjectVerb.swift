import Basics
import Experiments
import Glibc
import Harness
import YAML

struct InjectVerb: Verb {
  static let name = "inject"
  static let summary = "Do something to a stack that is up: a fault, or an operator's step."
  static let usage =
    "\"SENTENCE\" | FAULT --target WHOM [--component NAME] [--for 5s] [--set KEY=VALUE]"
  static let options: [Option] = [
    Option(
      name: "target", value: "WHOM",
      summary: "node=NAME, role=NAME, site=NAME, owner-of=ADDRESS or leader-of=COMPONENT."),
    Option(name: "component", value: "NAME", summary: "A component of the target."),
    Option(
      name: "between", value: "WHOM", summary: "One end of a way, both directions; given twice."),
    Option(name: "from", value: "WHOM", summary: "Where packets come from, for one direction."),
    Option(name: "to", value: "WHOM", summary: "Where they go to."),
    Option(
      name: "for", value: "TIME",
      summary: "How long; without it until it is healed, or the stack goes down."),
    Option(
      name: "set", value: "KEY=VALUE",
      summary:
        "One of the fault's settings, as faultline explain FAULT lists them; may be given again."),
    Option(
      name: "max-targets", value: "N", summary: "Do nothing where more than that would be hit."),
    Option(name: "dry-run", value: nil, summary: "Say what would be hit, and do nothing."),
    Option(name: "confirm", value: nil, summary: "Whole sites are meant."),
    .stack, .liveReports, .json,
  ]
  static let notes = """
    faultline inject "kill proxy on the owner of vip for 5s"
    faultline inject "partition site a from site b"
    faultline inject "delay 50ms jitter 10ms between web-a and db-a for 1m"
    faultline inject kill --target owner-of=vip --component proxy --for 5s
    faultline inject '{fault: pause, target: {node: web-a}, component: web}'
    All become the step that an experiment would have, which is printed. It is journalled, confirmed and
    healed like one. Exit codes: 0 confirmed, 2 refused, 6 done but not seen to have taken effect.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let said = try said(arguments)
    let live = try LiveConnection.open(
      arguments.value("stack"), reports: arguments.value("reports"), toSteer: true)
    let rails = LiveRequest.Rails(
      mostTargets: try arguments.number("max-targets").map { Int(clamping: $0) },
      isDry: arguments.has("dry-run"), isConfirmed: arguments.has("confirm"))
    return try Injection.run(said, rails, live, isJSON: arguments.has("json"))
  }

  private static func said(_ arguments: Arguments) throws(UsageError) -> HandStep.Said {
    let words = arguments.operands
    guard !words.isEmpty else {
      throw UsageError(
        "'inject' takes a sentence, or a fault and its flags: faultline inject \"kill page on web for 5s\""
      )
    }
    let targets = ["target", "between", "from", "to"]
    guard targets.contains(where: arguments.has) else {
      let length = arguments.value("for").map { " for \($0)" } ?? ""
      let unfit = ["component", "set"].first(where: arguments.has)
      if let unfit {
        throw UsageError(
          "--\(unfit) goes with --target, --between or --from; a sentence says everything itself")
      }
      return .sentence(words.joined(separator: " ") + length)
    }
    guard words.count == 1 else {
      throw UsageError(
        "with --target, --between or --from, 'inject' takes one fault, not '\(words.joined(separator: " "))'"
      )
    }
    var flags = StepFlags(words[0])
    flags.target = arguments.value("target")
    flags.component = arguments.value("component")
    flags.between = arguments.all("between")
    flags.from = arguments.value("from")
    flags.to = arguments.value("to")
    flags.length = arguments.value("for")
    flags.settings = try arguments.settings().map { StepFlags.Setting($0.key, $0.value) }
    return .flags(flags)
  }
}

/// Asks for a step and says what became of it.
enum Injection {
  static func run(
    _ said: HandStep.Said, _ rails: LiveRequest.Rails, _ live: borrowing LiveConnection,
    isJSON: Bool
  ) throws -> ExitCode {
    let request = LiveRequest.inject(said, rails)
    let text = try live.text(request)
    let answer = try LiveConnection.read(Array(text.utf8))
    show(isJSON ? text : sentence(answer))
    if rails.isDry { return answer["isRefused"]?.text == "true" ? .usage : .valid }
    return answer["confirmed"]?.text == "true" ? .valid : .unknown
  }

  private static func sentence(_ answer: YAMLNode) -> String {
    func word(_ key: String) -> String { answer[key]?.text ?? "" }
    let targets = (answer["targets"]?.elements ?? []).compactMap(\.text).joined(separator: ", ")
    if word("dry") == "true" {
      return [
        "would be done: \(word("summary"))" + (targets.isEmpty ? "" : " → \(targets)"),
        "  as an experiment says it: \(word("step"))",
      ].appending(word("sentence").isEmpty ? [] : ["  \(word("sentence"))"]).joined(separator: "\n")
    }
    let isConfirmed = word("confirmed") == "true"
    return [
      "\(word("id")). \(word("summary"))" + (targets.isEmpty ? "" : " → \(targets)"),
      "  as an experiment says it: \(word("step"))",
      (isConfirmed ? "  confirmed: " : "  not confirmed: ")
        + (word("sentence").isEmpty ? "nothing tells yet; see faultline status" : word("sentence")),
    ].appending(
      word("heals").isEmpty || word("heals") == "never" ? [] : ["  healed \(word("heals"))"]
    )
    .joined(separator: "\n")
  }
}
