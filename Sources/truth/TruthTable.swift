import Basics
import Linux
import YAML

/// What Faultline must say of what: defects that it must find, faults whose effect it must see, and correct
/// stores of which it must say nothing bad.
struct TruthTable: Sendable {
  /// A defect of a store, what runs with it and without it, and what must notice it.
  struct Defect: Hashable, Sendable {
    var name: String
    /// The experiment's file; its parameter `defect` is set to the name, and left alone for the clean run.
    var experiment: String
    /// The parameters of both runs besides.
    var settings: [String]
    var caughtBy: Catch
    /// How many seeds may be tried until it must have been found.
    var seeds: Int
  }

  /// A fault, the steps that inject it, and the invariant that must be violated while it lasts.
  struct Effect: Hashable, Sendable {
    var fault: String
    /// The experiment it becomes a step of.
    var base: String
    /// The step, as YAML in one line, and what else it takes for it to be felt.
    var steps: [String]
    var settings: [String]
    var caughtBy: Catch
  }

  /// An invariant by its name in the experiment, and the kind of evidence that it must show.
  struct Catch: Hashable, Sendable {
    var invariant: String
    /// Nil: any.
    var evidence: String?
  }

  /// A correct store under whatever the seed draws.
  struct Clean: Hashable, Sendable {
    var experiment: String
    var settings: [String]
  }

  var defects: [Defect] = []
  var effects: [Effect] = []
  var clean: [Clean] = []
  /// Experiments without a method, by the names that effects use, as YAML.
  var bases: [String: String] = [:]

  /// Reads a table; throws every mistake in it with its place.
  init(file: String) throws {
    let root = try YAMLNode.parse(text: try Files.read(file), file: file)
    var fields = Fields(root, of: "a truth table")
    for entry in fields.mapping("bases") { bases[entry.key] = entry.value.text }
    for entry in fields.mapping("defects") { read(defect: entry, &fields) }
    for entry in fields.mapping("effects") { read(effect: entry, &fields) }
    for node in fields.list("clean") {
      var row = Fields(node, of: "a clean run")
      if let experiment = row.requiredText("experiment") {
        clean.append(Clean(experiment: experiment, settings: Self.settings(&row)))
      }
      row.finish(into: &fields.problems)
    }
    var problems: [Problem] = []
    fields.finish(into: &problems)
    guard problems.isEmpty else { throw Problems(problems) }
  }

  private mutating func read(defect entry: YAMLNode.Entry, _ fields: inout Fields) {
    var row = Fields(entry.value, of: "a defect")
    if let experiment = row.requiredText("experiment"), let caught = Self.caught(&row) {
      defects.append(
        Defect(
          name: entry.key, experiment: experiment, settings: Self.settings(&row),
          caughtBy: caught, seeds: row.count("seeds", 1...100) ?? 5))
    }
    row.finish(into: &fields.problems)
  }

  private mutating func read(effect entry: YAMLNode.Entry, _ fields: inout Fields) {
    var row = Fields(entry.value, of: "an effect")
    if let base = row.requiredText("base"), let steps = row.texts("steps"),
      let caught = Self.caught(&row)
    {
      if bases[base] == nil { row.refuse("there is no base '\(base)'") }
      effects.append(
        Effect(
          fault: entry.key, base: base, steps: steps, settings: Self.settings(&row),
          caughtBy: caught))
    }
    row.finish(into: &fields.problems)
  }

  private static func caught(_ row: inout Fields) -> Catch? {
    guard let invariant = row.requiredText("caught-by") else { return nil }
    return Catch(invariant: invariant, evidence: row.text("evidence"))
  }

  private static func settings(_ row: inout Fields) -> [String] {
    row.mapping("set").compactMap { entry in entry.value.text.map { "\(entry.key)=\($0)" } }
  }
}
