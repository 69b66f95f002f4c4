internal import Basics
public import Stacks
public import YAML

/// Makes plans of files.
public struct Loader<Files: Library> {
  /// Where stacks are named from.
  public static var stackFolder: String { "fixtures/stacks" }
  /// Where components are looked for, after the folder `components` beside the stack's own.
  public static var componentFolder: String { "fixtures/components" }

  let library: Files
  let machine: Machine
  let vocabulary: Vocabulary
  let trust: Trust

  /// A loader that reads only from `library` and asks only `machine`, so that both can be recorded.
  public init(
    _ library: Files, machine: Machine, vocabulary: Vocabulary = .standard,
    trust: Trust = .project
  ) {
    self.library = library
    self.machine = machine
    self.vocabulary = vocabulary
    self.trust = trust
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
    let recorder = RecordingLibrary(library)
    let asked = RecordingMachine(machine)
    let loader = Loader<RecordingLibrary<Files>>(
      recorder, machine: asked.recording, vocabulary: vocabulary, trust: trust)
    var planner = Planner(loader: loader, path: path, seed: seed, set: set)
    guard let plan = planner.plan(), planner.problems.isEmpty else {
      throw Problems(planner.problems)
    }
    var recorded = plan
    recorded.origin = Origin(
      sources: recorder.sources, folders: recorder.folders,
      set: set.map { Origin.Setting(key: $0.0, text: $0.1) }, binFolder: machine.binFolder,
      binaries: asked.binaries)
    return recorded
  }

  /// The name of the stack that an experiment's file asks for, whatever else is wrong with it; nil
  /// when it cannot be told.
  public func stackName(ofExperiment path: String) -> String? {
    guard let bytes = library.read(path), let root = try? YAMLNode.parse(bytes, file: path),
      let name = root["stack"]?.text
    else { return nil }
    let last = name.split(separator: "/").last.map { String($0) } ?? name
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }

  /// How often an experiment's file asks to be run, whatever else is wrong with it, and whether bounds are over all of
  /// these runs; once and without where that cannot be told.
  public func repeats(ofExperiment path: String) -> (count: Int, areBound: Bool) {
    guard let bytes = library.read(path), let root = try? YAMLNode.parse(bytes, file: path) else {
      return (1, false)
    }
    let count = root["repeat"]?.text.flatMap { Int($0) } ?? 1
    return (
      (1...1000).contains(count) ? count : 1, root["invariants"]?.boundsRuns ?? false
    )
  }

  /// Resolves a stack alone, for poking at it.
  ///
  /// - Parameter name: of a stack in `fixtures/stacks`, or a path ending in `.yaml`.
  public func stack(_ name: String, set: [(String, String)] = []) throws(Problems)
    -> ResolvedStack
  {
    let mark = Mark(file: name, line: 0)
    let outline = try outline(of: name, from: "", at: mark)
    let given = set.map { Parameter.Choice(set: $0.0, $0.1) }
    return try resolve(outline, given: given, machine: machine, at: mark)
  }

  /// Finds a stack by name, or by a path seen from the folder of the file that names it, or from
  /// the library's root.
  func outline(of name: String, from file: String, at mark: Mark) throws(Problems)
    -> StackOutline
  {
    if !name.hasSuffix(".yaml"), let problem = Problem.misnamed("a stack", name, at: mark) {
      throw Problems(problem)
    }
    var candidates = ["\(Self.stackFolder)/\(name).yaml"]
    let folder = Paths.folder(of: file)
    if name.hasSuffix(".yaml") { candidates = [Paths.join(folder, name), Paths.join("", name)] }
    // Who names a stack without an experiment is the user.
    let allowed = candidates.filter { file.isEmpty || trust.covers($0, namedFrom: folder) }
    guard !allowed.isEmpty else {
      throw Problems(
        Problem(
          mark,
          "'\(name)' lies outside the project and is not beside this file; give --trust if it "
            + "may be used"))
    }
    for path in allowed where library.read(path) != nil {
      return try StackOutline.read(path, from: library)
    }
    for path in allowed where library.refusal(of: path) != nil {
      throw Problems(library.absence(of: path, line: 0))
    }
    let known = library.list(Self.stackFolder).filter { $0.hasSuffix(".yaml") }
    throw Problems(
      .unknown("stack", name, among: known.map { String($0.dropLast(5)) }, at: mark))
  }

  func resolve(
    _ outline: StackOutline, given: [Parameter.Choice], machine: Machine, release: Release? = nil,
    at mark: Mark
  ) throws(Problems) -> ResolvedStack {
    let beside = Paths.join(Paths.folder(of: outline.file), "../components")
    let folders = beside == Self.componentFolder ? [beside] : [beside, Self.componentFolder]
    return try ResolvedStack.resolve(
      outline, given: given, components: folders.filter { trust.covers($0) },
      untrusted: folders.filter { !trust.covers($0) }, library: library, machine: machine,
      release: release, at: mark)
  }
}

extension YAMLNode {
  /// Whether a quantile of many runs is bounded anywhere in it.
  fileprivate var boundsRuns: Bool {
    (elements ?? []).contains { $0.boundsRuns }
      || (entries ?? []).contains {
        DurationBound.share(named: $0.key) != nil || $0.value.boundsRuns
      }
  }
}
