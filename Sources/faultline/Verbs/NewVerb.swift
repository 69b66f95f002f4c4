import Authoring
import Basics
import Experiments
import Glibc
import Harness
import Linux
import YAML

struct NewVerb: Verb {
  static let name = "new"
  static let summary = "Write a commented file to start from: an experiment, a stack, a component."
  static let usage = "experiment|stack|component NAME [options]"
  static let options: [Option] = [
    Option(name: "stack", value: "STACK", summary: "experiment: what it runs on."),
    Option(
      name: "traffic", value: "EXPERIMENT",
      summary:
        "experiment: whose traffic and invariants it begins with; the first on the stack by default."
    ),
    Option(
      name: "step", value: "SENTENCE",
      summary:
        "experiment: what is done, as 'inject' takes it: 'kill COMPONENT on NODE'; may be given again."
    ),
    Option(
      name: "from", value: "TIMELINE",
      summary: "experiment: an incident's times and sentences become the method."),
    Option(
      name: "scale", value: "N", summary: "With --from: N seconds of the incident become one."),
    Option(
      name: "longest-gap", value: "10s", summary: "With --from: nothing happens for no longer."),
    Option(name: "site", value: "NAME", summary: "stack: a site; a and b by default."),
    Option(
      name: "component", value: "NAME",
      summary: "stack: what runs in every site; may be given again."),
    Option(
      name: "command", value: "LINE",
      summary: "component: the program and its arguments; it stays in the foreground."),
    Option(name: "package", value: "NAME", summary: "component: what of Debian brings it."),
    Option(name: "port", value: "N", summary: "component: where it accepts connections."),
    Option(
      name: "output", value: "FILE", summary: "Where to; the project's usual place by default."),
    .seed, .trust, .json,
  ]
  static let notes = """
    What is left out is asked for at a terminal. No file is written over. An experiment is planned before it is
    called done.
      faultline new component page --command '/usr/bin/python3 -m http.server 8080' --port 8080
      faultline new stack pages --component page
      faultline new experiment page-dies --stack pages --step 'kill page on page-a for 5s'
    A timeline is a YAML file: 'incident' (a title), 'stack', and 'timeline', a list of lines such as
    '14:03:10 lb-a lost power'; 'names' says what its sentences call a node or a site ({us-east: site a}),
    'source', 'with' and 'traffic' may be there, too. What a sentence says that can be done is done; the rest stays in
    the file as comments, and is named. Exit codes: 0 written, and a plan can be made of it; 2 not so.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let words = arguments.operands
    guard let kind = words.first, words.count <= 2 else {
      throw UsageError("'new' takes what, and its name: faultline new experiment NAME")
    }
    let project = try Project.here()
    switch kind {
    case "experiment": return try NewExperiment(arguments, project).run(words.dropFirst().first)
    case "stack", "component":
      let name = try words.dropFirst().first ?? Answers.ask("Its name", flag: "new \(kind) NAME")
      if let problem = Problem.misnamed("a \(kind)", name, at: Mark(file: "", line: 0)) {
        throw UsageError(problem.message)
      }
      return try kind == "stack"
        ? stack(name, arguments, project) : component(name, arguments, project)
    default:
      let near = Suggestion.nearest(to: kind, among: ["experiment", "stack", "component"])
      throw UsageError(
        "'new' makes an experiment, a stack or a component, not '\(kind)'"
          + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }
  }

  private static func stack(
    _ name: String, _ arguments: Arguments, _ project: Project
  ) throws -> ExitCode {
    let loader = try project.loader(arguments.trust)
    let known = loader.listing().components.map(\.name)
    var components = arguments.all("component")
    if components.isEmpty {
      let said = try Answers.ask("What runs in every site", flag: "--component NAME")
      components = said.split { $0 == " " || $0 == "," }.map(String.init)
    }
    let parts = try components.map { name in
      guard known.contains(name) else {
        throw Problems(
          .unknown("component", name, among: known, at: Mark(file: "--component", line: 0)))
      }
      let file = "fixtures/components/\(name)/component.yaml"
      let bytes = Array(try Files.read(project.place(of: file)).utf8)
      return StackDraft.Part(name, try YAMLNode.parse(bytes, file: file))
    }
    let sites = arguments.all("site")
    let draft = StackDraft(name: name, sites: sites.isEmpty ? ["a", "b"] : sites, parts: parts)
    let file = NewFile(arguments, project, usual: "fixtures/stacks/\(name).yaml")
    try file.write(draft.text)
    return try file.said(next: "faultline new experiment NAME --stack \(name)") {
      _ = try loader.stack(arguments.value("output") == nil ? name : file.path)
    }
  }

  private static func component(
    _ name: String, _ arguments: Arguments, _ project: Project
  ) throws -> ExitCode {
    let line =
      try arguments.value("command")
      ?? Answers.ask("The program and its arguments", flag: "--command '/usr/sbin/NAME -f'")
    let words = line.split(separator: " ").map(String.init)
    guard let binary = words.first else {
      throw UsageError(
        "--command takes a program and its arguments: --command '/usr/sbin/NAME -f'")
    }
    var draft = ComponentDraft(name: name, binary: binary)
    draft.arguments = Array(words.dropFirst())
    draft.package = arguments.value("package")
    draft.port = try arguments.number("port", within: 1...65_535).map { Int($0) }
    let file = NewFile(arguments, project, usual: "fixtures/components/\(name)/component.yaml")
    try file.write(draft.text)
    return try file.said(next: "faultline new stack NAME --component \(name)") {
      let loader = try project.loader(arguments.trust)
      let line = loader.listing().components.first { $0.name == name }
      if let problem = line?.problem { throw Problems(problem) }
    }
  }
}

/// A file that was not there before.
struct NewFile {
  /// As the project names it.
  let path: String
  private let project: Project
  private let isJSON: Bool

  init(_ arguments: Arguments, _ project: Project, usual: String) {
    path = arguments.value("output") ?? usual
    self.project = project
    isJSON = arguments.has("json")
  }

  private var whole: String { project.place(of: path) }

  func write(_ text: String) throws {
    guard !Files.exists(whole) else {
      throw UsageError("\(path) is there already; choose another name, or a place with --output")
    }
    if let slash = whole.lastIndex(of: "/") {
      try Files.makeFolder(String(whole[..<slash]), mode: 0o755)
    }
    try Files.write(text, to: whole)
  }

  /// Says where it is, and whether it can be used as it stands.
  func said(next: String, remarks: [String] = [], _ use: () throws -> Void) throws -> ExitCode {
    var problems: [String] = []
    do { try use() } catch let found as Problems { problems = [found.description] }
    if isJSON {
      let document: JSON = [
        "file": .string(path), "remarks": .strings(remarks), "problems": .strings(problems),
      ]
      show(document.text())
    } else {
      show("written: \(path)")
      for remark in remarks { show("  \(remark)") }
      if problems.isEmpty { show("  next: \(next)") }
    }
    fflush(nil)
    for problem in problems { standardError("it is not whole yet:\n\(problem)\n") }
    return problems.isEmpty ? .valid : .usage
  }
}
