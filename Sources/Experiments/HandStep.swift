internal import Basics
public import Faults
public import Stacks
public import Workloads
public import YAML

/// A step that somebody wants done now, to a stack that is up.
public struct HandStep: Sendable {
  /// How it was said.
  public enum Said: Hashable, Sendable {
    /// `kill proxy on the owner of vip for 5s`, or a step as YAML in braces.
    case sentence(String)
    case flags(StepFlags)
  }

  /// As the nemesis takes it; it begins at 0 and has no number yet.
  public let step: Step
  /// The same as a line of an experiment's method, without `at`: `{fault: kill, …}`.
  public let text: String

  /// Reads what was said as a step of a method is read.
  ///
  /// - Throws: everything that is wrong with it, in the sentences that files get.
  public static func read(_ said: Said, in stack: ResolvedStack) throws(Problems) -> HandStep {
    let node: YAMLNode
    do throws(Problem) { node = try StepWords(stack: stack).node(of: said) } catch {
      throw Problems(error)
    }
    var reader = MethodReader(stack: stack, workloads: [], chance: Chance(seed: 0))
    var fields = Fields(node, of: "a step")
    let step = reader.template(&fields)
    fields.finish(into: &reader.problems)
    guard let step, reader.problems.isEmpty else {
      throw Problems(
        reader.problems.isEmpty
          ? [Problem(StepKeys.mark, "this is no step of a method")] : reader.problems)
    }
    if let release = step.fault.release(aimedAt: step.aim), stack.releases[release] == nil {
      throw Problems(
        Problem(
          StepKeys.mark,
          "a release is worked out while planning, so '\(step.name)' is for experiments only"))
    }
    return HandStep(step: step, text: node.flowText)
  }
}

extension Load {
  /// A rate as an experiment writes it: `50/s`; nil where it is none.
  public init?(text: String) {
    guard let load = LoadReader.rate(text) else { return nil }
    self = load
  }
}

extension Problems {
  /// The sentences alone, for what was not written in a file.
  public var sentences: String { all.map(\.message).joined(separator: "\n") }
}
