import Experiments
import Stacks
import Testing
import YAML

@Suite struct PlanProblemTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let expected: String

    init(_ old: String, _ new: String, _ expected: String) {
      (self.old, self.new, self.expected) = (old, new, expected)
    }

    var testDescription: String { "\(old) -> \(new)" }
  }

  private func problems(_ old: String, _ new: String) -> [String] {
    guard Fixture.experiment.contains(old) else { return ["no '\(old)' in the experiment"] }
    do {
      _ = try Fixture.plan(Fixture.changed(old, new))
      return []
    } catch {
      return error.all.map(\.description)
    }
  }

  @Test(arguments: [
    Case(
      "target: {owner-of", "tagret: {owner-of",
      "12:27: unknown key 'tagret'; did you mean 'target'?"),
    Case("settle:", "setle:", "unknown key 'setle'; did you mean 'settle'?"),
    Case("stack: two", "stack: twoo", "6:8: unknown stack 'twoo'; did you mean 'two'?"),
    Case("wan: 5ms", "wann: 5ms", "7:14: unknown parameter 'wann'; did you mean 'wan'?"),
    Case(
      "wan: 5ms", "wan: slow",
      "'wan' must be a duration such as 500ms or 2s, at most 24h, not 'slow'"),
    Case("kind: set", "kind: sets", "unknown workload 'sets'; did you mean 'set'?"),
    Case("service: api", "service: app", "unknown service 'app'; did you mean 'api'?"),
    Case("rate: 50/s", "rate: 50/h", "'rate' must be a number of operations such as 50/s"),
    Case("rate: 50/s", "rate: 0/s", "'rate' must be a number of operations such as 50/s"),
    Case("rate: 50/s", "rate: 1e-300", "from 0.001/s to 100000/s, not '1e-300'"),
    Case("rate: 50/s", "rate: 1e300", "from 0.001/s to 100000/s"),
    Case("at: 20s", "at: 25h", "at most 24h"),
    Case("within: 10s", "within: 1000000h", "at most 24h"),
    Case("orders: {kind", "../orders: {kind", "the name of a workload is 1 to 63"),
    Case("stack: two", "stack: /etc/two.yaml", "lies outside the project"),
    Case("stack: two", "stack: ../../../two.yaml", "lies outside the project"),
    Case("stack: two", "stack: ../two", "the name of a stack is 1 to 63"),
    Case("clients: 4", "clients: 0", "'clients' must be a whole number from 1 to 1000, not '0'"),
    Case("from: {role: client}", "from: {role: clint}", "unknown role 'clint'"),
    Case("from: {role: client}", "from: {owner-of: vip}", "traffic comes from a node, a role"),
    Case("timeout: 500ms", "timeout: 0", "'timeout' must not be zero"),
    Case("rate: 50/s", "rate: []", "'rate' has 1 to 64 changes"),
    Case("rate: 50/s", "rate: [{at: 1s, rate: 5/s}]", "the first change is at 0s, without 'over'"),
    Case("rate: 50/s", "rate: [{rate: 5/s}, {at: 0s, rate: 6/s}]", "a change comes after the one"),
    Case("rate: 50/s", "rate: [{rate: 5/s}, {rates: 6/s}]", "unknown key 'rates'; did you mean"),
    Case("timeout: 500ms", "near: true", "'near' needs a replica of 'api' in the site 'out'"),
    Case(
      "timeout: 500ms", "value-size: 1KiB", "'value-size' is a number of bytes from 0 to 1048576"),
    Case("timeout: 500ms", "value-size: [9, 8]", "or the least and the most: [64, 4096]"),
    Case("timeout: 500ms", "value-size: 100", "nothing that 'http' is told to send has '{filler}'"),
    Case("timeout: 500ms", "client: http", "'client' is a mapping with the name of one client"),
    Case("timeout: 500ms", "client: {htp: {}}", "unknown client 'htp'; did you mean 'http'?"),
    Case("{for: 1s, within: 10s}", "{for: 11s, within: 10s}", "must not be longer than 'within'"),
    Case("fault: kill, target: {owner", "fault: kil, target: {owner", "unknown fault 'kil'; did"),
    Case("action: promote", "action: demote", "unknown action 'demote'; did you mean 'promote'?"),
    Case("action: promote", "fault: kill, action: promote", "needs either 'fault' or 'action'"),
    Case("action: promote", "fault: promote", "unknown fault 'promote'"),
    Case("{owner-of: vip}", "{owner-of: vip2}", "unknown address 'vip2'; did you mean 'vip'?"),
    Case("{owner-of: vip}", "{leader-of: proxy}", "'proxy' has no role query"),
    Case("{owner-of: vip}", "{}", "a target needs exactly one of node, role"),
    Case("{owner-of: vip}", "{node: lb-a, site: a}", "a target needs exactly one of node, role"),
    Case("{owner-of: vip}", "lb-a", "a target must be a mapping, not a single value"),
    Case(
      "component: proxy", "component: proxi", "unknown component 'proxi'; did you mean 'proxy'?"),
    Case(
      "{node: db-b}, component: db", "{node: lb-b}, component: db", "no 'db' runs on node lb-b; it"),
    Case(
      "{node: db-b}, component: db", "{node: lb-b}, component: proxy",
      "'proxy' has no 'promote' command"
    ),
    Case("{node: db-b}, component: db", "{node: db-b}", "a step needs the key 'component'"),
    Case("{node: db-b}, component: db", "{node: db-c}, component: db", "unknown node 'db-c'; did"),
    Case(
      "component: db}\n  - {at: 13s", "component: db, for: 1s}\n  - {at: 13s", "unknown key 'for'"),
    Case("[{site: a}, {site: b}]", "[{site: a}, {node: lb-a}]", "node 'lb-a' is on both sides"),
    Case("[{site: a}, {site: b}]", "[{site: a}]", "'between' must name two targets"),
    Case("[{site: a}, {site: b}]", "[{site: a}, {site: c}]", "unknown site 'c'"),
    Case("from: {node: lb-a}, to: {site: b}", "from: {node: lb-a}", "'from' needs a 'to'"),
    Case("from: {node: lb-a}, to: {site: b}, ", "", "needs 'between' with two targets"),
    Case("delay: 50ms, ", "", "a step needs the key 'delay'"),
    Case("jitter: 10ms", "jitter: 90ms", "the jitter must not exceed the delay"),
    Case("for: 4s}", "for: 0}", "'for' must not be zero"),
    Case("at: 8s, fault: partition", "at: -8s, fault: partition", "'at' must be a duration"),
    Case("at: 9s, ", "", "a step needs the key 'at'"),
    Case(
      "target: {node: db-a}, for", "target: {node: db-a}, only: main, for",
      "'only' is about a component"),
    Case(
      "fault: kill, target: {node: db-a}", "fault: pause, target: {node: client-1}",
      "no component runs on node client-1"),
    Case(
      "segment: lan", "segment: lan, file-size: 1M",
      "'file-size' must be a size of at least 2M, such as 64M or 1G, not '1M'"),
    Case("segment: lan", "segment: lan, file-size: 2M, files: 0", "'files' must be"),
    Case("segment: lan", "segment: lam", "unknown segment 'lam'; did you mean 'lan'?"),
    Case("quick:", "quik:", "unknown invariant 'quik'; did you mean 'quick'?"),
    Case("{workload: orders, fault", "{workload: order, fault", "unknown workload 'order'; did"),
    Case("fault: 1", "fault: 9", "there is no step 9 in the method; steps: 1 kill, 2 partition"),
    Case("fault: 1", "fault: 4", "step 4 is the action 'promote', not a fault"),
    Case("within: 5s}", "wihtin: 5s}", "unknown key 'wihtin'; did you mean 'within'?"),
    Case("within: 5s}", "within: 0}", "a bound of zero"),
    Case("{address: vip, name: alone}", "{address: vp, name: alone}", "unknown address 'vp'"),
    Case("name: alone", "name: alone, to: lb-x", "unknown node 'lb-x'; did you mean 'lb-a'?"),
    Case("name: alone", "name: alone, probe: lag", "unknown probe 'lag'"),
    Case("name: alone", "name: alone, component: dp", "unknown component 'dp'; did you mean 'db'?"),
    Case("name: alone", "name: kept", "two invariants are called 'kept'"),
    Case("expect: [kept]", "expect: [kpt]", "unknown invariant 'kpt'; did you mean 'kept'?"),
    Case("expect: [kept]", "expect: [kept, kept]", "'kept' stands twice"),
    Case("expect: [kept]", "repeat: 0", "'repeat' must be a whole number from 1 to 1000, not '0'"),
    Case("title: The balancer dies\n", "", "an experiment needs the key 'title'"),
  ])
  func isRefusedWithTheReason(_ test: Case) {
    let problems = problems(test.old, test.new)
    #expect(problems.contains { $0.contains(test.expected) }, "\(problems)")
    #expect(problems.allSatisfy { $0.hasPrefix("experiments/two/01.yaml:") }, "\(problems)")
  }

  /// Two sets of one store are apart; two registers are one. Either is judged as what it is, or refused.
  @Test(
    arguments: [
      ("set", "no-lost-writes", nil, "would judge 'one', 'two' as if they were one"),
      ("set", "no-lost-writes", "one", nil), ("set", "availability", nil, nil),
      ("unique-ids", "unique-ids", nil, nil), ("register", "linearizable", nil, nil),
      (
        "register", "linearizable", "one",
        "'linearizable' judges 'one' alone, but 'two' uses the same keys"
      ),
      ("monotonic", "monotonic", "one", nil),
    ] as [(String, String, String?, String?)])
  func workloadsThatShareAreJudgedTogether(
    kind: String, checker: String, workload: String?, message: String?
  ) {
    let invariant = workload.map { "\(checker): {workload: \($0)}" } ?? checker
    let text = """
      title: t
      stack: two
      workloads:
        one: {kind: \(kind), service: api, rate: 10/s}
        two: {kind: \(kind), service: api, rate: 20/s}
      method: []
      invariants: [{\(invariant)}]
      """
    var files = Fixture.files
    files["experiments/two/01.yaml"] =
      workload == nil ? text.replacing("[{\(invariant)}]", with: "[\(invariant)]") : text
    var found: [String] = []
    do throws(Problems) {
      _ = try Loader(MemoryLibrary(texts: files), machine: .imaginary, vocabulary: .standard)
        .experiment("experiments/two/01.yaml", set: [], seed: 7)
    } catch { found = error.all.map(\.message) }
    if let message {
      #expect(found.contains { $0.contains(message) }, "\(found)")
    } else {
      #expect(found.isEmpty, "\(found)")
    }
  }

  @Test func aFaultThatWouldBeHealedAtOnceIsRefused() {
    #expect(
      problems(", for: forever", "") == [
        "experiments/two/01.yaml:17:5: nothing comes after it, so it would be healed at once; "
          + "say 'for' how long it lasts"
      ])
  }

  @Test func theSameFaultOnTheSameTargetMustNotOverlap() {
    let step = "  - {at: 1s, fault: kill, target: {owner-of: vip}, component: proxy, for: 5s}\n"
    let again = step.replacing("at: 1s", with: "at: 3s")
    #expect(
      problems(step, step + again) == [
        "experiments/two/01.yaml:13:5: "
          + "the same fault on the same target is still active from line 12"
      ])
    let later = step.replacing("at: 1s", with: "at: 6s")
    #expect(problems(step, step + later).isEmpty)
  }

  @Test(arguments: [
    ("path: orders", "9:105: a path starts with '/': write '/orders'"),
    ("functions: {add: {path: all}}", "a path starts with '/': write '/all'"),
    ("final-reads: {read: {path: all}}", "a path starts with '/': write '/all'"),
    ("functions: {ad: {path: /all}}", "unknown function 'ad'; did you mean 'add'?"),
    ("functions: {add: {body: '{valu}'}}", "'add' has no '{valu}'; it has {key}, {value}"),
    (
      "functions: {add: {body: '{value|hex}'}}",
      "'hex' is no filter; there are base64, json, length, url"
    ),
    ("headers: {A b: x}", "'A b' cannot be the name of an HTTP header"),
    ("connections: keep", "'connections' must be one of fresh, kept"),
    ("tls: {insecure: true}", "'tls' is for https, but the service is at http"),
    ("tls: {ca: no.pem}", "there is no file 'no.pem', seen from this file's folder"),
    ("tls: {caa: no.pem}", "9:110: unknown key 'caa'; did you mean 'ca'?"),
    ("pathh: /x", "unknown key 'pathh'; did you mean 'path'?"),
  ])
  func bindingsAreRefusedAtTheirKey(text: String, expected: String) {
    let found = problems("timeout: 500ms", "client: {http: {\(text)}}")
    #expect(found.contains { $0.contains(expected) }, "\(found)")
  }

  @Test(arguments: [
    ("http://${addresses", "tcpp://${addresses", "unknown scheme 'tcpp'"),
    (
      "http://${node", "htpp://${node",
      "the client 'http' speaks http, https, but the service 'api'"
    ),
    (
      "http://${addresses.vip.ip}:80", "http://a:1,b:2",
      "names several servers, and 'http' takes one"
    ),
  ])
  func serversThatNoClientSpeaksToAreRefused(old: String, new: String, expected: String) {
    var files = Fixture.files
    files["fixtures/stacks/two.yaml"] = Fixture.stack.replacing(old, with: new)
    let error = #expect(throws: Problems.self) { try Fixture.plan(files) }
    let found = error?.all.map(\.description) ?? []
    #expect(found.contains { $0.contains(expected) }, "\(found)")
  }

  @Test func severalErrorsAreReportedTogether() {
    let text = """
      title: t
      stack: two
      workloads:
        orders: {kind: sett, service: apu, rate: x}
      method:
        - {at: soon, fault: kill, target: {node: lb-x}, component: prox}
        - {at: 1s, fault: parttion}
      invariants:
        - quick: {workload: order}
      """
    let error = #expect(throws: Problems.self) {
      try Fixture.plan(Fixture.files.merging(["experiments/two/01.yaml": text]) { $1 })
    }
    #expect(
      error?.all.map { "\($0.mark.line):\($0.mark.column)" } == [
        "4:18", "4:33", "4:44", "6:10", "6:44", "6:62", "7:21", "9:12", "9:23",
      ])
  }

  @Test func missingBinariesAndOtherErrorsAreReportedTogether() {
    let error = #expect(throws: Problems.self) {
      try Fixture.plan(
        Fixture.changed("{owner-of: vip}", "{owner-of: vap}"),
        machine: Machine(binFolder: "/opt") { _ in nil })
    }
    #expect(error?.missingPackages == ["db", "proxy-server"])
    #expect(error?.isOnlyMissing == false)
    #expect(error?.all.contains { $0.message.hasPrefix("unknown address 'vap'") } == true)
  }

  @Test func anExperimentThatIsNotThereIsSaid() {
    let error = #expect(throws: Problems.self) { try Fixture.plan([:]) }
    #expect(error?.description == "experiments/two/01.yaml: there is no such file")
  }
}
