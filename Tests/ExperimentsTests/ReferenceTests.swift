import Basics
import Bindings
import Checkers
import Checking
import Experiments
import Faults
import Stacks
import Testing
import Workloads
import YAML

/// What `explain` and the editors' schemas say is what the readers of files do.
@Suite struct ReferenceTests {
  /// The fixture's stack under the names that examples use.
  private static func files(_ experiment: String) -> [String: String] {
    var files = Fixture.files
    files["fixtures/stacks/two.yaml"] = Fixture.stack
      .replacing("components: [db]", with: "components: [database]")
      .replacing("api:", with: "orders:")
      .replacing(
        "services:",
        with:
          "  db-c: {site: b, role: database, ip: 10.77.2.3, spare: true, components: [database]}\nservices:"
      )
    files["fixtures/components/database/component.yaml"] =
      Fixture.db
      .replacing("name: db", with: "name: database") + """

        probe: {lag: {command: [ask, lag], every: 1s, unit: s, summary: s.}}
        parameters: {workers: {kind: integer, default: 1, summary: s.}}
        acts:
          drain: {command: [a], undo: [b], shows: {command: [c]}}
          notice: {command: [a]}
          say-healthy: {command: [a], undo: [b]}
          say-unhealthy: {command: [a], undo: [b]}
        """
    files["experiments/two/01.yaml"] = experiment
    return files
  }

  private static func plan(_ experiment: String) throws(Problems) -> Plan {
    try Loader(MemoryLibrary(texts: files(experiment)), machine: .imaginary)
      .experiment("experiments/two/01.yaml", seed: 1)
  }

  private static func experiment(
    workload: String = "orders: {kind: set, service: orders, rate: 1/s}", step: String? = nil,
    invariant: String? = nil
  ) -> String {
    """
    title: x
    stack: two
    workloads:
      \(workload)
    method:
      - {at: 1s, fault: kill, target: {node: db-b}, component: database, for: 1s}
    \(step.map { "  " + $0 } ?? "")
    \(invariant.map { "invariants:\n  " + $0 } ?? "")
    """
  }

  /// A workload that feeds a checker.
  private static func workload(for checker: String) throws -> String {
    let kind = try #require(Vocabulary.standard.invariants.first { $0.name == checker })
    let settings = Settings([
      "below": .duration(.seconds(1)), "bound": .duration(.seconds(1)), "component": .text("x"),
      "probe": .text("x"), "at-most": .text("1"), "words": .list([.text("orders")]),
      "port": .integer(1), "networks": .list([.text("lan")]), "from": .text("client-1"),
      "to": .text("db-b"), "ports": .list([.integer(1)]),
    ])
    let feed = try kind.meaning(settings).get().feed
    let fitting = WorkloadCatalogue.all.first { feed.isServed(by: $0.signatures) }
    return "orders: {kind: \(try #require(fitting).kind), service: orders, rate: 10/s}"
  }

  @Test(arguments: Page.all.filter { $0.example != nil }.map { "\($0.kind) \($0.name)" })
  func everyExampleCanBePlanned(which: String) throws {
    let page = try #require(Page.all.first { "\($0.kind) \($0.name)" == which })
    let example = try #require(page.example)
    let text =
      switch page.kind {
      case "workload": Self.experiment(workload: example)
      case "invariant":
        Self.experiment(workload: try Self.workload(for: page.name), invariant: example)
      default: Self.experiment(step: example)
      }
    let plan = try Self.plan(text)
    switch page.kind {
    case "workload": #expect(plan.workloads.map(\.kind) == [page.name])
    case "invariant": #expect(plan.invariants.first?.checker == page.name)
    default: #expect(plan.schedule.contains { $0.name == page.name })
    }
  }

  @Test func everythingThatCanBeNamedHasAPage() {
    for fault in FaultCatalogue.faults + FaultCatalogue.actions {
      #expect(Page.named(fault.name).contains { $0.confirmation?.isEmpty == false })
    }
    for checker in Catalogue.all { #expect(!Page.named(checker.name).isEmpty) }
    for workload in WorkloadCatalogue.all { #expect(!Page.named(workload.kind).isEmpty) }
    for client in ClientCatalogue.all { #expect(Page.named(client.client).count == 1) }
    for file in JSONSchema.files { #expect(Page.named(file.name).first?.keys.count ?? 0 > 10) }
    #expect(Page.named("set").map(\.kind) == ["invariant", "workload"])
  }

  /// Every key that a form has, all alternatives of it, with some value of its kind.
  private static func filled(_ form: Form) -> [String] {
    switch form {
    case .scalar(let kind): [sample(kind)]
    case .record(let keys):
      ["{" + keys.map { "\($0.name): \(filled($0.form)[0])" }.joined(separator: ", ") + "}"]
    case .one(of: let keys): keys.map { "{\($0.name): \(filled($0.form)[0])}" }
    case .names(of: .anything): ["{}"]
    case .names(of: let form):
      [
        "{"
          + filled(form).enumerated().map { "n\($0.offset): \($0.element)" }.joined(separator: ", ")
          + "}"
      ]
    case .list(of: let form): ["[" + filled(form).joined(separator: ", ") + "]"]
    case .either(let forms): forms.flatMap { filled($0) }
    case .anything: ["x"]
    }
  }

  private static func sample(_ kind: Schema.Kind) -> String {
    switch kind {
    case .duration: "1s"
    case .bound: "{p95: 1s, p50: 500ms, at-most: 2s, confidence: 90%}"
    case .ratio: "5%"
    case .integer, .number: "1"
    case .count(let range): "\(range.lowerBound)"
    case .flag: "true"
    case .choice(let words): words[0]
    case .list(of: let kind): "[\(sample(kind))]"
    case .text, .mapping: "x"
    }
  }

  /// Block style at the top, so that the text reads as a file does.
  private static func document(_ form: Form) -> String {
    guard case .record(let keys) = form else { return "" }
    return keys.map { "\($0.name): \(filled($0.form)[0])" }.joined(separator: "\n")
  }

  @Test func theReaderOfExperimentsKnowsEveryKey() throws {
    let text = Self.document(.experiment).replacing("stack: x", with: "stack: two")
    let problems = try #require(throws: Problems.self) { _ = try Self.plan(text) }
    let unknown = problems.all.filter { $0.message.hasPrefix("unknown key") }
    #expect(unknown.isEmpty, "\(unknown)")
    #expect(problems.all.count > 20, "the readers did not come far: \(problems)")
  }

  @Test func theReadersOfStacksAndComponentsKnowEveryKey() throws {
    var files = Fixture.files
    // A node has one network or several.
    files["fixtures/stacks/all.yaml"] = Self.document(.stack)
      .replacing("networks: {n0: x}, ", with: "")
    let loader = Loader(MemoryLibrary(texts: files), machine: .imaginary)
    let problems = try #require(throws: Problems.self) { _ = try loader.stack("all") }
    let unknown = problems.all.filter { $0.message.hasPrefix("unknown key") }
    #expect(unknown.isEmpty, "\(unknown)")
    // What tells programs apart stands in the variants, or at the top where there is one program.
    for alone in [true, false] {
      let left = alone ? ["variants"] : ["binary", "packages", "version", "stand-in-for"]
      let lines = Self.document(.component).split(separator: "\n").filter { line in
        !left.contains { line.hasPrefix($0 + ":") }
      }
      files["fixtures/components/x/component.yaml"] = lines.joined(separator: "\n")
      let component = try Component.read(
        folder: "fixtures/components/x", from: MemoryLibrary(texts: files))
      #expect(component.name == "x")
    }
  }

  @Test func whatIsLeftOutIsWhatThePageSays() throws {
    let plan = try Self.plan(Self.experiment())
    let page = try #require(Page.named("experiment").first)
    func said(_ key: String) -> String? { page.keys.first { $0.name == key }?.default }
    #expect(said("steady-state.for") == plan.steadyState.holds.text)
    #expect(said("steady-state.within") == plan.steadyState.within.text)
    #expect(said("settle.for") == plan.settle.holds.text)
    #expect(said("settle.within") == plan.settle.within.text)
    #expect(said("settle.quiet") == plan.settle.quiet.text)
    #expect(said("repeat") == "\(plan.repeats)")
    #expect(said("capture.full") == "\(plan.capture.isFull)")
    #expect(said("capture.files") == "\(plan.capture.files)")
    #expect(said("capture.file-size") == ByteCount.text(plan.capture.fileBytes))
    #expect(said("capture.segment") == "clients" && plan.capture.segment == .clients)
    let workload = try #require(Page.named("call").first { $0.kind == "workload" })
    func own(_ key: String) -> String? { workload.keys.first { $0.name == key }?.default }
    #expect(own("clients") == "\(plan.workloads[0].clients)")
    #expect(own("near") == "\(plan.workloads[0].isNear)")
    #expect(own("value-size") == "0" && plan.workloads[0].filler == nil)
    #expect(own("timeout") == plan.workloads[0].timeout.text)
  }

  @Test func whatAComponentLeavesOutIsWhatThePageSays() throws {
    var files = Fixture.files
    files["fixtures/components/db/component.yaml"] =
      Fixture.db
      + "\nready: {tcp: 1}\nfolders: [a]\nfiles: [{text: x, to: y}]"
    let stack = try Loader(MemoryLibrary(texts: files), machine: .imaginary).stack("two")
    let instance = try #require(stack.instances(of: "db").first)
    let page = try #require(Page.named("component").first)
    func said(_ key: String) -> String? { page.keys.first { $0.name == key }?.default }
    #expect(said("ready.within") == instance.ready?.within.text)
    #expect(said("role.within") == instance.role?.within.text)
    #expect(said("stop.signal") == instance.stop.signal)
    #expect(said("stop.within") == instance.stop.within.text)
    #expect(said("user") == instance.user)
    #expect(said("files[].mode") == "0" + String(instance.files[0].mode, radix: 8))
    #expect(said("folders[].mode") == "0" + String(instance.folders[0].mode, radix: 8))
  }

  @Test func everyDefaultOnAPageIsOfItsKind() {
    for page in Page.all {
      for key in page.keys {
        guard let text = key.default, case .scalar(let kind) = key.form else { continue }
        #expect(kind.read(text) != nil, "\(page.name).\(key.name): \(text)")
      }
    }
  }
}
