import Basics
import Experiments
import Exploring
import Faults
import Harness
import Linux
import Stacks
import YAML

/// What an exploration draws from: a stack, its experiments, and this machine.
struct ExploreGround: Sendable {
  let project: Project
  let reports: String
  let stack: ResolvedStack
  let pool: TrafficPool
  let repertoire: Repertoire
  /// What every run is told of parameters and trust.
  let words: [String]
  private let parameters: [Parameter]
  private let trust: Trust

  private struct Parameter: Sendable {
    let key: String
    let value: String
  }

  /// - Parameter name: of a stack, or its file.
  init(stack name: String, _ arguments: Arguments) throws {
    project = try Project.here()
    reports = try project.reports(arguments.value("reports"))
    trust = arguments.trust
    parameters = try arguments.parameters().map { Parameter(key: $0.key, value: $0.value) }
    words =
      arguments.all("set").flatMap { ["--set", $0] }
      + ["trust", "share"].filter(arguments.has).map { "--\($0)" }
    let loader = try project.loader(trust)
    let set = parameters.map { ($0.key, $0.value) }
    let plain = try loader.stack(
      name.hasSuffix(".yaml") ? try project.path(of: name) : name, set: set)
    let files: [String]
    if let traffic = arguments.value("traffic") {
      files = [try loader.experiment(called: traffic, on: plain.name, project)]
    } else {
      files = loader.experimentFiles(in: "experiments", aboutStack: plain.file)
    }
    var sources: [TrafficPool.Source] = []
    var problem: Problems?
    for file in files {
      guard let root = loader.tree(ofExperiment: file) else { continue }
      do throws(Problems) {
        sources.append(
          .init(path: file, root: root, plan: try loader.experiment(file, set: set, seed: 1)))
      } catch { problem = error }
    }
    if sources.isEmpty, let problem { throw problem }
    if let other = sources.first(where: { $0.plan.stack.file != plain.file }) {
      throw UsageError("\(other.path) is about \(other.plan.stack.file), not about \(plain.file)")
    }
    let matching = TrafficPool.matching(sources, parameters: plain.shownParameters)
    guard let first = matching.first else {
      throw UsageError(
        "no experiment below experiments/ is about the stack '\(plain.name)', so there is no traffic to judge by;"
          + " write one, or name one with --traffic")
    }
    stack = first.plan.stack
    pool = TrafficPool(matching)
    repertoire = Repertoire(
      stack: stack, pool: pool, lacking: Doctor().lacking, only: try Self.faults(arguments))
    if let reason = repertoire.omissions.first, repertoire.faults.isEmpty {
      throw UsageError(
        "no fault can be drawn for '\(stack.name)': \(reason.fault): \(reason.reason)")
    }
  }

  /// Why a drawn experiment cannot be planned; nil when it can.
  ///
  /// - Parameter path: where its file stands or would stand.
  func refusal(of text: String, at path: String, seed: UInt64) -> String? {
    do {
      _ = try project.loader(trust).experiment(
        written: text, as: path, set: parameters.map { ($0.key, $0.value) }, seed: seed)
      return nil
    } catch { return "\(error)" }
  }

  private static func faults(_ arguments: Arguments) throws(UsageError) -> [String]? {
    let names = arguments.all("faults").flatMap { $0.split(separator: ",") }.map { String($0) }
    guard !names.isEmpty else { return nil }
    let known = FaultCatalogue.faults.map { $0.name }
    for name in names where !known.contains(name) {
      let near = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw UsageError("there is no fault '\(name)'\(near)")
    }
    return names
  }
}
