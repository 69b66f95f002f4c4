internal import Basics
internal import Faults
internal import Stacks
internal import Workloads
internal import YAML

/// Reads one experiment and decides everything about it, noting all that is wrong.
struct Planner<Files: Library> {
  let loader: Loader<Files>
  let path: String
  let seed: UInt64
  let set: [(String, String)]
  var problems: [Problem] = []
  var warnings: [Problem] = []
  /// What the stack was made of; nil until it is.
  private var ground: Releases<Files>.Ground?

  init(loader: Loader<Files>, path: String, seed: UInt64, set: [(String, String)]) {
    self.loader = loader
    self.path = path
    self.seed = seed
    self.set = set
  }

  mutating func plan() -> Plan? {
    guard let bytes = loader.library.read(path) else {
      problems.append(loader.library.absence(of: path, line: 0))
      return nil
    }
    let root: YAMLNode
    do { root = try YAMLNode.parse(bytes, file: path) } catch {
      problems.append(error)
      return nil
    }
    var fields = Fields(root, of: "an experiment")
    let title = fields.requiredText("title") ?? ""
    let description = fields.text("description") ?? ""
    let tags = fields.texts("tags") ?? []
    var stack = stack(&fields)
    let workloads = WorkloadReader(
      stack: stack, kinds: loader.vocabulary.workloads,
      bindings: stack.map {
        BindingReader(
          files: files(of: path), stackFiles: files(of: $0.file),
          drivers: DriverReader(library: loader.library, machine: loader.machine))
      }
    ).read(&fields)
    let steady = times(&fields, "steady-state", holds: .seconds(2), within: .seconds(20))
    let before = problems.count
    let schedule = schedule(&fields, &stack)
    let isMethodRight = problems.count == before
    let abortWhen = abortWhen(&fields, stack)
    var quiet = Duration.zero
    let settled = times(&fields, "settle", holds: .seconds(2), within: .seconds(15)) {
      quiet = $0.duration("quiet") ?? .zero
    }
    let settle = Settle(holds: settled.holds, within: settled.within, quiet: quiet)
    let capture = capture(&fields, stack)
    let repeats = fields.count("repeat", Form.repeats) ?? 1
    var reader = InvariantReader(
      kinds: loader.vocabulary.invariants, stack: stack,
      workloads: workloadNames(root),
      traffic: workloads.map(traffic),
      schedule: isMethodRight ? schedule : nil)
    let written = reader.read(&fields)
    let unasked = stack.map {
      UnaskedInvariants(
        kinds: loader.vocabulary.invariants, stack: $0, workloads: workloads.map(traffic),
        settle: settle, mark: root.mark
      ).beside(written, names: reader.names)
    }
    let invariants = written + (unasked ?? [])
    problems += SharedState(parties: workloads.map(party), kinds: loader.vocabulary.invariants)
      .problems(of: invariants)
    let expectation = expectation(&fields, reader.names + (unasked ?? []).map(\.name))
    let bounds = BoundReader(
      invariants: written, written: root["invariants"]?.elements ?? [], repeats: repeats
    ).bounds(warnings: &warnings)
    if let old = fields.take("over-repeats") {
      fields.refuse(
        "a bound of many runs stands where the invariant is: failover-time: {first-good: {p95: 3s, "
          + "confidence: 95%}}", at: old.mark)
    }
    fields.finish(into: &problems)
    // After the last heal a run goes on for as long as its invariants look.
    let looks = invariants.flatMap { $0.settings.values.values }.compactMap {
      setting -> Duration? in
      switch setting {
      case .duration(let value): value
      case .bound(let bound): bound.greatest
      default: nil
      }
    }
    let length =
      steady.within + schedule.length + settle.within + settle.holds + settle.quiet
      + (looks.max() ?? .zero)
    requireRoom(for: workloads, in: length, root)
    guard problems.isEmpty, let stack else { return nil }
    warn(root, workloads, invariants)
    return Plan(
      seed: seed, file: path, title: title, description: description, tags: tags, stack: stack,
      workloads: workloads, steadyState: SteadyState(holds: steady.holds, within: steady.within),
      schedule: schedule, abortWhen: abortWhen,
      settle: settle, capture: capture,
      repeats: repeats, bounds: bounds, invariants: invariants, expectation: expectation,
      warnings: warnings.sorted { $0.mark < $1.mark },
      origin: Origin(sources: [:], folders: [:], set: [], binFolder: "", binaries: [:]))
  }

  private func files(of path: String) -> FileFinder<Files> {
    FileFinder(library: loader.library, file: path, trust: loader.trust)
  }

  /// The stack; where only binaries are missing, the stack as it would be with them, so that the
  /// rest can be judged, too.
  private mutating func stack(_ fields: inout Fields) -> ResolvedStack? {
    let given =
      fields.mapping("with").compactMap { entry -> Parameter.Choice? in
        if let text = entry.value.text { return .init(entry.key, text, at: entry.value.mark) }
        fields.refuse("'\(entry.key)' must be a single value", at: entry.value.mark)
        return nil
      } + set.map { Parameter.Choice(set: $0.0, $0.1) }
    guard let name = fields.requiredText("stack") else { return nil }
    let mark = fields.node["stack"]?.mark ?? fields.mark
    do {
      let outline = try loader.outline(of: name, from: path, at: mark)
      func resolve(on machine: Machine) throws(Problems) -> ResolvedStack {
        ground = .init(outline: outline, given: given, machine: machine)
        return try loader.resolve(outline, given: given, machine: machine, at: mark)
      }
      do { return try resolve(on: loader.machine) } catch {
        problems += error.all
        guard error.isOnlyMissing else { return nil }
        return try resolve(on: Machine(binFolder: loader.machine.binFolder, locate: { $0 }))
      }
    } catch {
      problems += error.all
      return nil
    }
  }

  /// A history is held in memory, and every operation of a workload has a number of its own.
  private mutating func requireRoom(
    for workloads: [WorkloadPlan], in length: Duration, _ root: YAMLNode
  ) {
    for workload in workloads {
      let requests = workload.load.count(within: length)
      guard requests > Self.mostRequests else { continue }
      let mark = root["workloads"]?[workload.name]?["rate"]?.mark ?? root.mark
      problems.append(
        Problem(
          mark,
          "\(workload.load.text) for up to \(length.text) come to "
            + "more than \(Decimal.trimmed(Self.mostRequests, decimals: 0)) operations; write a lower "
            + "rate or shorter times"))
    }
    let clients = workloads.reduce(0) { $0 + $1.clients }
    if clients > Self.mostClients {
      problems.append(
        Problem(
          root["workloads"]?.mark ?? root.mark,
          "the workloads have \(clients) clients together; at most \(Self.mostClients) are allowed")
      )
    }
  }

  /// Of one workload in a run; half of what `ElementMark` has numbers for.
  private static var mostRequests: Double { 50_000_000 }
  /// Of all workloads together, each a thread.
  private static var mostClients: Int { 2000 }

  private func traffic(_ workload: WorkloadPlan) -> InvariantReader.Traffic {
    let kind = loader.vocabulary.workloads.first { $0.name == workload.kind }
    return .init(
      name: workload.name, rate: workload.load.lowest,
      signatures: kind?.functions(workload.settings).map(\.signature) ?? [])
  }

  private func party(_ workload: WorkloadPlan) -> SharedState.Party {
    let kind = loader.vocabulary.workloads.first { $0.name == workload.kind }
    return .init(
      workload: traffic(workload), service: workload.service.name, client: workload.client.settings,
      standsAlone: kind?.standsAlone ?? false)
  }

  private mutating func times(
    _ fields: inout Fields, _ key: String, holds: Duration, within: Duration,
    more: (inout Fields) -> Void = { _ in }
  ) -> (holds: Duration, within: Duration) {
    guard let node = fields.take(key) else { return (holds, within) }
    var inner = Fields(node, of: "'\(key)'")
    let times = (inner.duration("for") ?? holds, inner.duration("within") ?? within)
    if times.0 > times.1 { inner.refuse("'for' must not be longer than 'within'") }
    if times.0 == .zero { inner.refuse("'for' must not be zero") }
    more(&inner)
    inner.finish(into: &problems)
    return times
  }

  private mutating func schedule(_ fields: inout Fields, _ stack: inout ResolvedStack?) -> [Step] {
    var reader = MethodReader(
      stack: stack, workloads: workloadNames(fields.node),
      chance: Chance(seed: seed).stream("method"))
    reader.read(fields.list("method", atMost: 1000))
    problems += reader.problems
    warnings += reader.warnings
    if let ground, var whole = stack {
      var releases = Releases(loader: loader, ground: ground)
      releases.add(for: reader.drafts, to: &whole)
      problems += releases.problems
      stack = whole
    }
    return reader.schedule()
  }

  private func workloadNames(_ root: YAMLNode) -> [String] {
    root["workloads"]?.entries?.map(\.key) ?? []
  }

  private mutating func abortWhen(_ fields: inout Fields, _ stack: ResolvedStack?) -> [Condition] {
    let reader = ConditionReader(stack: stack, workloads: workloadNames(fields.node))
    return fields.list("abort-when", atMost: 64).compactMap {
      reader.read($0, of: "a condition of 'abort-when'", &fields.problems)
    }
  }

  private mutating func capture(_ fields: inout Fields, _ stack: ResolvedStack?) -> CaptureSpec {
    guard let node = fields.take("capture") else {
      return CaptureSpec(segment: .clients, isFull: false, files: CaptureLimits.usualFiles)
    }
    var inner = Fields(node, of: "'capture'")
    let name = inner.text("segment") ?? "clients"
    let isFull = inner.flag("full") ?? false
    var segment = CaptureSpec.Segment.network(name)
    if name == "clients" { segment = .clients }
    if name == "none" { segment = .none }
    if name == "all" { segment = .all }
    if case .network = segment, let stack, stack.network(named: name) == nil {
      let known = ["all", "clients", "none"] + stack.networks.map(\.name)
      inner.problems.append(
        .unknown("segment", name, among: known, at: node["segment"]?.mark ?? node.mark))
    }
    let fileBytes = captureFileBytes(&inner)
    let files = inner.count("files", CaptureLimits.files)
    inner.finish(into: &problems)
    return CaptureSpec(
      segment: segment, isFull: isFull, fileBytes: fileBytes,
      files: files ?? CaptureLimits.usualFiles)
  }

  private func captureFileBytes(_ fields: inout Fields) -> Int {
    guard let text = fields.text("file-size") else { return CaptureLimits.usualFileBytes }
    if let bytes = ByteCount.read(text), bytes >= CaptureLimits.leastFileBytes { return bytes }
    fields.refuse(
      "'file-size' must be a size of at least \(ByteCount.text(CaptureLimits.leastFileBytes)), such"
        + " as 64M or 1G, not '\(text)'",
      at: fields.node["file-size"]?.mark)
    return CaptureLimits.usualFileBytes
  }

  /// - Parameter names: all that were written, those of wrong invariants included.
  private func expectation(_ fields: inout Fields, _ names: [String])
    -> Expectation
  {
    guard let node = fields.take("expect") else { return Expectation() }
    var mustFail: [String] = []
    for element in node.elements ?? [node] {
      let name = element.text ?? ""
      if !names.contains(name) {
        fields.problems.append(.unknown("invariant", name, among: names, at: element.mark))
      } else if mustFail.contains(name) {
        fields.refuse("'\(name)' stands twice", at: element.mark)
      } else {
        mustFail.append(name)
      }
    }
    return Expectation(mustFail: mustFail)
  }

  private mutating func warn(
    _ root: YAMLNode, _ workloads: [WorkloadPlan], _ invariants: [Invariant]
  ) {
    if workloads.isEmpty {
      warnings.append(Problem(root.mark, "no workload, so there is no traffic to judge by"))
    }
    if invariants.isEmpty {
      warnings.append(Problem(root.mark, "no invariant, so the verdict can only be unknown"))
    }
  }
}
