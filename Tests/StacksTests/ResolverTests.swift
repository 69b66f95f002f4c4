import Basics
import Testing
import YAML

@testable import Stacks

@Suite struct ResolverTests {
  @Test func everythingIsSubstituted() throws {
    let stack = try Fixture.resolve()
    let proxy = try #require(stack.instance(InstanceID(node: "lb-a", component: "proxy")))
    #expect(proxy.command == ["/usr/sbin/proxy", "-f", "/run/proxy/etc/p.conf"])
    #expect(proxy.variant == "real")
    #expect(proxy.standInFor == nil)
    #expect(proxy.user == "root")
    #expect(proxy.environment.map { "\($0.name)=\($0.text)" } == ["A=lb-a", "Z=last"])
    #expect(proxy.files.map(\.path) == ["/run/proxy/etc/p.conf", "/run/proxy/heavy"])
    #expect(proxy.files.map(\.mode) == [0o600, 0o644])
    #expect(
      String(decoding: proxy.files[0].contents, as: UTF8.self) == """
        # lb-a of balancer number 0 in 16
        weight 150 check 500
        server db-a 10.77.2.1 primary
        server db-b 10.77.2.2 standby

        """)
    #expect(String(decoding: proxy.files[1].contents, as: UTF8.self) == "I am lb-a\n")
    #expect(proxy.folders.map(\.path) == ["/run/proxy/data", "/run/proxy/plain"])
    #expect(
      proxy.ready
        == Probe(
          kind: .http(
            url: "http://127.0.0.1:8404/health", status: 200, bodyHas: nil, isInsecure: false),
          within: .seconds(3)))
    #expect(proxy.stop == Instance.Stop(signal: "INT", within: .seconds(1)))
    #expect(proxy.restartPrepare == [["rm", "-f", "/run/proxy/pid"]])
  }

  @Test func topologyIsTyped() throws {
    let stack = try Fixture.resolve()
    #expect(stack.sites.map(\.id) == ["a", "b", "out"])
    #expect(stack.links[0].delay == .milliseconds(2))
    #expect(stack.links[0].loss == Ratio(0.01))
    #expect(stack.addresses[0].preferred == "lb-a")
    #expect(stack.addresses[0].prefix == 16)
    #expect(stack.nodes.map(\.roleIndex) == [0, 1, 0, 1, 0])
    #expect(stack.nodes[1].interfaces[0].mac.description == "02:fa:00:00:02:00")
    #expect(Set(stack.nodes.map { $0.interfaces[0].mac }).count == stack.nodes.count)
    #expect(stack.services[0].url == "http://10.77.0.100:80")
    #expect(
      stack.services[0].replicas.map(\.url) == ["http://10.77.2.1:81", "http://10.77.2.2:81"])
  }

  @Test func startOrderFollowsWhoWaitsForWhom() throws {
    let stack = try Fixture.resolve()
    #expect(
      stack.startOrder.map { $0.map(\.description) } == [
        ["db-a/db"], ["db-b/db"], ["lb-a/proxy", "lb-b/proxy"],
      ])
    let proxy = stack.instances(of: "proxy")[0]
    #expect(proxy.startAfter.map(\.description) == ["db-a/db", "db-b/db"])
  }

  @Test func prepareKnowsWhatItDependsOn() throws {
    let stack = try Fixture.resolve()
    let primary = try #require(stack.instances(of: "db")[0].prepare)
    let standby = try #require(stack.instances(of: "db")[1].prepare)
    #expect(primary.folder == "/run/db/data")
    #expect(primary.steps == [["init", "/run/db/data"]])
    #expect(standby.steps == [["copy", "10.77.2.1"]])
    #expect(primary.follows == [])
    #expect(standby.follows.map(\.description) == ["db-a/db"])
    #expect(standby.cacheKeyInput.contains(primary.cacheKeyInput))
    var files = Fixture.files
    files["c/db/component.yaml"] = Fixture.db.replacing("[init, ", with: "[init, --fast, ")
    let other = try Fixture.resolve(files).instances(of: "db")
    #expect(other[0].prepare?.cacheKeyInput != primary.cacheKeyInput)
    #expect(other[1].prepare?.cacheKeyInput != standby.cacheKeyInput)
  }

  @Test func theSameFilesGiveTheSameStack() throws {
    let first = try Fixture.resolve()
    for _ in 0..<5 {
      let again = try Fixture.resolve()
      #expect(String(describing: again) == String(describing: first))
    }
  }

  @Test func laterChoicesWin() throws {
    let stack = try Fixture.resolve(given: [
      .init("wan", "9ms", at: Mark(file: "x")), .init(set: "wan", "7ms"),
      .init(set: "sync", "true"),
    ])
    #expect(stack.links[0].delay == .milliseconds(7))
    #expect(stack.parameters.map(\.text) == ["7ms", "true"])
    #expect(stack.instances(of: "proxy")[0].command.last == "--sync")
  }

  @Test func wrongChoicesAreRefused() {
    let error = #expect(throws: Problems.self) {
      try Fixture.resolve(given: [.init(set: "wann", "1ms"), .init(set: "sync", "perhaps")])
    }
    #expect(
      error?.all.map(\.description) == [
        "--set sync=perhaps: 'sync' must be true or false, not 'perhaps'",
        "--set wann: unknown parameter 'wann'; did you mean 'wan'?",
      ])
  }

  @Test func aStackSaysWhichVariantItWantsByAParameterOfItsOwn() throws {
    var files = Fixture.files
    files["s/x.yaml"] = Fixture.stack
      .replacing("sync: {kind", with: "kind: {kind: text, default: real}\n  sync: {kind")
      .replacing(
        "components: [proxy]", with: "components: [{proxy: {variant: '${kind}', weight: 7}}]")
    files["c/proxy/p.conf"] = "%if variant == small\nsmall ${weight}\n%end\n"
    for kind in ["real", "small"] {
      let choice = Parameter.Choice("kind", kind, at: Mark(file: "--set", line: 0))
      let stack = try Fixture.resolve(files, given: [choice])
      let proxy = try #require(stack.instance(InstanceID(node: "lb-b", component: "proxy")))
      #expect(proxy.variant == kind && proxy.parameters.map(\.name) == ["weight", "check"])
      #expect(proxy.files[0].contents == Array((kind == "small" ? "small 7\n" : "").utf8))
      #expect(stack.instance(InstanceID(node: "lb-a", component: "proxy"))?.variant == "real")
    }
  }

  @Test func theFirstVariantPresentIsUsed() throws {
    let machine = Machine(binFolder: "/opt/bin") { path in
      ["/opt/bin/small-proxy": "/opt/bin/small-proxy", "db-server": "/usr/local/bin/db-server"][
        path]
    }
    let stack = try Fixture.resolve(machine: machine)
    let proxy = stack.instances(of: "proxy")[0]
    #expect(proxy.variant == "small")
    #expect(proxy.standInFor == "the real proxy")
    #expect(proxy.command == ["/opt/bin/small-proxy", "--config", "/run/proxy/p.conf"])
    #expect(stack.instances(of: "db")[0].binary == "/usr/local/bin/db-server")
  }

  @Test func allMissingBinariesAreNamedWithTheirPackages() {
    let machine = Machine(binFolder: "/opt/bin") { _ in nil }
    let error = #expect(throws: Problems.self) { try Fixture.resolve(machine: machine) }
    #expect(error?.isOnlyMissing == true)
    #expect(error?.missingPackages == ["db-server", "db-tools", "proxy-server"])
    #expect(
      error?.all.first?.description
        == "s/x.yaml:14:63: 'proxy' needs /usr/sbin/proxy or /opt/bin/small-proxy, which is "
        + "missing; install the Debian package proxy-server")
  }

  @Test func aNodeRunsWhatItsConditionsLetItRun() throws {
    let conditional =
      "components: [{if: \"not sync\", run: proxy}, {if: sync, run: {proxy: {weight: 7}}}]"
    var files = Fixture.files
    files["s/x.yaml"] = Fixture.stack.replacing(
      "ip: 10.77.1.2, components: [proxy]", with: "ip: 10.77.1.2, \(conditional)")
    func weight(_ given: [Parameter.Choice]) throws -> String? {
      let stack = try Fixture.resolve(files, given: given)
      return stack.instances(of: "proxy")[1].parameters.first { $0.name == "weight" }?.text
    }
    #expect(try weight([]) == "100")
    #expect(try weight([.init(set: "sync", "true")]) == "7")
  }

  @Test func packagesOfPyPIAreInstalledByTheProject() {
    var files = Fixture.files
    files["c/proxy/component.yaml"] = Fixture.proxy.replacing(
      "packages: [proxy-server]", with: "packages: [python3, \"pypi:proxies==1.2\"]")
    let error = #expect(throws: Problems.self) {
      try Fixture.resolve(files, machine: Machine(binFolder: "/opt/bin") { _ in nil })
    }
    #expect(
      error?.all.first?.description.hasSuffix(
        "run 'make install-all', which brings proxies==1.2 of PyPI and python3 of Debian") == true)
  }

  @Test func versionsAreReadFromOutput() throws {
    let query = try #require(Fixture.resolve().instances(of: "db")[0].version)
    #expect(query.command == ["/usr/bin/db-server", "--version"])
    #expect(query.version(in: "this is db 15.2 of today\nmore") == "15.2")
    #expect(query.version(in: "nothing") == nil)
  }
}
