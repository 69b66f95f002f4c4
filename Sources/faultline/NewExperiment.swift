import Authoring
import Basics
import Experiments
import Harness
import Linux
import Stacks
import YAML

/// Writes an experiment to start from: of a stack and sentences, or of an incident's timeline.
struct NewExperiment {
  private let arguments: Arguments
  private let project: Project
  private let loader: Loader<FolderLibrary>

  init(_ arguments: Arguments, _ project: Project) throws {
    self.arguments = arguments
    self.project = project
    loader = try project.loader(arguments.trust)
  }

  func run(_ given: String?) throws -> ExitCode {
    if let timeline = arguments.value("from") { return try incident(timeline, named: given) }
    let name = try name(given)
    let stack = try arguments.value("stack") ?? Answers.ask("Which stack", flag: "--stack STACK")
    let resolved = try loader.stack(stack)
    var draft = ExperimentDraft(
      title: name.split(separator: "-").joined(separator: " ").capitalizedFirst, stack: stack,
      traffic: try traffic(on: stack, arguments.value("traffic")))
    draft.heading = [
      "An experiment to start from. Every key, with its default: faultline explain experiment."
    ]
    draft.moments = try moments(resolved)
    return try write(draft, name, [])
  }

  private func incident(_ timeline: String, named given: String?) throws -> ExitCode {
    let path = try project.path(of: timeline)
    let bytes: [UInt8]
    do throws(Errno) {
      bytes = Array(try Files.read(project.place(of: path)).utf8)
    } catch {
      throw UsageError("the timeline \(timeline) cannot be read: \(error.reason)")
    }
    let incident = try Incident(reading: try YAMLNode.parse(bytes, file: timeline))
    let stack = try loader.stack(incident.stack)
    let gaps = try gaps()
    let (draft, unclear) = incident.draft(
      on: stack,
      traffic: try traffic(on: incident.stack, arguments.value("traffic") ?? incident.traffic),
      gaps: gaps)
    let usual = timeline.split(separator: "/").last.map { String($0.prefix { $0 != "." }) }
    let length = draft.moments.compactMap { $0.step?.at }.max() ?? .zero
    var remarks = unclear.map { "not done: \($0)" }
    if length > .seconds(600) {
      remarks.append(
        "its method takes \(length.text); --scale N or --longest-gap 10s makes it shorter")
    }
    return try write(draft, try name(given ?? usual), remarks)
  }

  private func name(_ given: String?) throws -> String {
    let name = try given ?? Answers.ask("Its name", flag: "new experiment NAME")
    if let problem = Problem.misnamed("an experiment", name, at: Mark(file: "", line: 0)) {
      throw UsageError(problem.message)
    }
    return name
  }

  private func gaps() throws(UsageError) -> IncidentGaps {
    var gaps = IncidentGaps()
    if let text = arguments.value("scale") {
      guard let scale = Double(text), scale >= 1, scale.isFinite else {
        throw UsageError("--scale takes a number from 1 on, not '\(text)'")
      }
      gaps.scale = scale
    }
    if let text = arguments.value("longest-gap") {
      guard let longest = Duration(text: text), longest > .zero else {
        throw UsageError("--longest-gap takes a duration such as 10s, not '\(text)'")
      }
      gaps.longest = longest
    }
    return gaps
  }

  /// The experiment whose traffic is taken: the one that is named, or the first on the stack.
  private func traffic(on stack: String, _ named: String?) throws -> ExperimentDraft.Traffic {
    let file = try named.map { try loader.experiment(called: $0, on: stack, project) }
    guard let file = file ?? loader.firstExperiment(about: stack, in: "experiments") else {
      return try .plain(for: try loader.stack(stack))
    }
    let bytes = Array(try Files.read(project.place(of: file)).utf8)
    return .init(try YAMLNode.parse(bytes, file: file), of: file)
  }

  /// Each begins when the one before it has been over for a while.
  private func moments(_ stack: ResolvedStack) throws -> [ExperimentDraft.Moment] {
    var sentences = arguments.all("step")
    if sentences.isEmpty {
      sentences = [
        try Answers.ask(
          "What is done to it", flag: "--step 'kill COMPONENT on NODE for 5s'")
      ]
    }
    var now = Duration.seconds(2)
    var moments: [ExperimentDraft.Moment] = []
    for sentence in sentences {
      let node = try YAMLNode.parse(
        text: try HandStep.read(.sentence(sentence), in: stack).text, file: "--step")
      let isFault = node["fault"] != nil
      let length = node["for"]?.text.flatMap { Duration(text: $0) } ?? .seconds(5)
      moments.append(.init([sentence], (now, node), for: isFault ? length : nil))
      now += (isFault ? length : .zero) + .seconds(5)
    }
    return moments
  }

  private func write(
    _ draft: ExperimentDraft, _ name: String, _ remarks: [String]
  ) throws -> ExitCode {
    let stack = draft.stack.split(separator: "/").last.map {
      $0.hasSuffix(".yaml") ? $0.dropLast(5) : $0
    }
    let file = NewFile(
      arguments, project, usual: "experiments/\(stack ?? "own")/\(name).yaml")
    try file.write(draft.text)
    let seed = try arguments.number("seed") ?? Ticket.seed()
    return try file.said(next: "faultline run \(file.path)", remarks: remarks) {
      _ = try loader.experiment(file.path, set: [], seed: seed)
    }
  }
}
