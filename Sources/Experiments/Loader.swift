public import Stacks
public import YAML

/// Makes plans of files.
public struct Loader<Files: Library> {
  let library: Files
  let machine: Machine
  let vocabulary: Vocabulary

  public init(_ library: Files, machine: Machine, vocabulary: Vocabulary = .standard) {
    self.library = library
    self.machine = machine
    self.vocabulary = vocabulary
  }

  /// Plans an experiment.
  ///
  /// - Parameters:
  ///   - path: as the library knows it.
  ///   - set: stack parameters that win over the experiment's own, `--set key=value`.
  /// - Throws: everything that is wrong, with places; nothing has been started then.
  public func experiment(_ path: String, set: [(String, String)] = [], seed: UInt64)
    throws(Problems) -> Plan
  {
    fatalError("not yet written")
  }

  /// Resolves a stack alone, for poking at it.
  ///
  /// - Parameter name: of a stack in `fixtures/stacks`, or a path ending in `.yaml`.
  public func stack(_ name: String, set: [(String, String)] = []) throws(Problems)
    -> ResolvedStack
  {
    fatalError("not yet written")
  }
}
