import Basics
import Stacks
import Testing
import YAML

@Suite struct StackProblemTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let old: String
    let new: String
    let expected: String

    init(_ file: String, _ old: String, _ new: String, _ expected: String) {
      (self.file, self.old, self.new, self.expected) = (file, old, new, expected)
    }

    var testDescription: String { "\(old) -> \(new)" }
  }

  @Test(arguments: [
    Case(
      "s/x.yaml", "summary:", "sumary:",
      "s/x.yaml:2:1: unknown key 'sumary'; did you mean 'summary'?"),
    Case("s/x.yaml", "[a, b, out]", "a", "'sites' must be a list of names"),
    Case("s/x.yaml", "  lan: {subnet", "  - {subnet", "'networks' must be a mapping, not a list"),
    Case("s/x.yaml", "  api:\n", "  - api:\n", "'services' must be a mapping, not a list"),
    Case("s/x.yaml", "site: out", "site: aut", "unknown site 'aut'; did you mean 'out'?"),
    Case(
      "s/x.yaml", "role: client,", "role: client, limits: {processes: 99},",
      "'processes' must be between 100 and 4194004, not 99"),
    Case(
      "s/x.yaml", "role: client,", "role: client, limits: {memory: 100K},",
      "'memory' must be a size of at least 1M, such as 500M or 4G, not '100K'"),
    Case(
      "s/x.yaml", "role: client,", "role: client, limits: {disk: 9X},",
      "'disk' must be a size of at least 1M, such as 500M or 4G, not '9X'"),
    Case("s/x.yaml", "role: client,", "", "a node needs the key 'role'"),
    Case("s/x.yaml", "ip: 10.77.9.1", "ip: 10.78.9.1", "10.78.9.1 is no address of network 'lan'"),
    Case("s/x.yaml", "ip: 10.77.9.1", "ip: 10.77.1.1", "10.77.1.1 is that of node 'lb-a' already"),
    Case(
      "s/x.yaml", "ip: 10.77.9.1", "ip: 10.77.9", "an IP address is expected here, not '10.77.9'"),
    Case("s/x.yaml", "preferred: lb-a", "preferred: lb-c", "unknown node 'lb-c'"),
    Case("s/x.yaml", "network: lan", "network: lam", "unknown network 'lam'; did you mean 'lan'?"),
    Case("s/x.yaml", "10.77.0.0/16", "10.77.1.0/16", "'subnet' must be an IPv4 network"),
    Case("s/x.yaml", "[a, b], delay", "[a, a], delay", "a link is between two different sites"),
    Case("s/x.yaml", "\"${wan}\"", "\"${wam}\"", "unknown value 'wam'; did you mean 'wan'?"),
    Case("s/x.yaml", "kind: flag", "kind: flog", "unknown kind 'flog'; did you mean 'flag'?"),
    Case(
      "s/x.yaml", "components: [proxy]", "components: [proxi]",
      "unknown component 'proxi'; did you mean 'proxy'?"),
    Case(
      "s/x.yaml", "components: [proxy]", "components: [proxy, proxy]", "stands twice on one node"),
    Case("s/x.yaml", "lb-a: {site", "../../../x: {site", "s/x.yaml:14:3: the name of a node is"),
    Case(
      "s/x.yaml", "components: [proxy]}", "components: [../proxy]}", "the name of a component is"),
    Case("s/x.yaml", "sites: [a, b, out]", "sites: [a, b, out, /d]", "the name of a site is"),
    Case("s/x.yaml", "lan: {subnet", "l/n: {subnet", "the name of a network is"),
    Case("s/x.yaml", "role: client", "role: c/t", "the name of a role is"),
    Case("s/x.yaml", "  api:", "  a/b:", "the name of a service is"),
    Case("c/proxy/component.yaml", "to: heavy", "to: ../heavy", "instance's own folder"),
    Case("c/proxy/component.yaml", "template: p.conf", "template: /p.conf", "own folder"),
    Case("c/proxy/component.yaml", "to: heavy", "to: etc/p.conf", "is written twice"),
    Case(
      "s/x.yaml", "weight: 150", "weigth: 150", "unknown parameter 'weigth'; did you mean 'weight'?"
    ),
    Case(
      "s/x.yaml", "weight: 150", "weight: much",
      "'weight' must be a whole number of at most 15 digits, not 'much'"),
    Case("s/x.yaml", "mode: standby", "mode: idle", "'mode' must be one of primary, standby"),
    Case("s/x.yaml", "replicas: {role: database,", "replicas: {", "replicas need one of role"),
    Case("s/x.yaml", "{role: database,", "{role: dtabase,", "no node is meant by 'role:dtabase'"),
    Case("s/x.yaml", "http://${addresses.vip.ip}:80", "http:///x", "'http:///x' has no host"),
    Case("s/x.yaml", "http://${addresses.vip.ip}:80", "10.0.0.1:80", "'10.0.0.1:80' is not a URL"),
    Case("s/x.yaml", "${addresses.vip.ip}:80", "h:x", "needs a port of 1 to 65535 after ':'"),
    Case("s/x.yaml", "${addresses.vip.ip}:80", "$${a}:80", "'http://${a}:80' still has '${' in it"),
    Case("s/x.yaml", "${addresses.vip.ip}:80", "a b", "'http://a b' has a blank in it"),
    Case(
      "c/proxy/component.yaml", "http://127.0.0.1:8404", "tcp://127.0.0.1:8404",
      "c/proxy/component.yaml:19:15: unknown scheme 'tcp'"),
    Case(
      "c/proxy/component.yaml", "stop:", "capabilities: [NET_RAWW]\nstop:",
      "unknown capability 'NET_RAWW'; did you mean 'NET_RAW'?"),
    Case(
      "c/proxy/component.yaml", "stop:", "capabilities: [CAP_SYS_ADMIN]\nstop:",
      "CAP_SYS_ADMIN reaches beyond the node"),
    Case(
      "c/proxy/component.yaml", "stop:", "sees: [/opt/../root]\nstop:",
      "'/opt/../root' must be the path of something below /opt"),
    Case(
      "c/proxy/component.yaml", "stop:", "sees: [/home]\nstop:", "must be the path of something"),
    Case(
      "c/proxy/component.yaml", "stop:", "devices: [kvm]\nstop:",
      "the device 'kvm' reaches beyond the node, so no component can have it; what can be had is net/tun"
    ),
    Case(
      "c/proxy/component.yaml", "stop:", "boot: [x]\nstop:",
      "'boot' must be a list: a program and its arguments"),
    Case("c/proxy/component.yaml", "stop:", "stopp:", "unknown key 'stopp'; did you mean 'stop'?"),
    Case("c/proxy/component.yaml", "name: proxy", "name: prox", "that of its folder, 'proxy'"),
    Case("c/proxy/component.yaml", "stand-in-for", "standin-for", "did you mean 'stand-in-for'?"),
    Case(
      "c/proxy/component.yaml", "template: p.conf", "template: q.conf", "did you mean 'p.conf'?"),
    Case("c/proxy/component.yaml", "to: heavy", "to: ../heavy", "must lie in the instance's own"),
    Case("c/proxy/component.yaml", "\"0600\"", "rw", "'mode' must be an octal number"),
    Case("c/proxy/component.yaml", "[db]", "[dbb]", "unknown component or node 'dbb'"),
    Case("c/proxy/component.yaml", "signal: INT", "signal: INTT", "'signal' must be one of"),
    Case("c/proxy/component.yaml", "status: 200", "staus: 200", "did you mean 'status'?"),
    Case("c/proxy/p.conf", "${weight}", "${wight}", "c/proxy/p.conf:2:8: unknown value 'wight'"),
    Case("c/db/component.yaml", "{tcp: 5432}", "{tcp: 99999}", "'tcp' must be a port"),
    Case("c/proxy/component.yaml", "status: 200", "insecure: true", "'insecure' is about https"),
    Case(
      "c/db/component.yaml", "{tcp: 5432}", "{tcp: 5432, insecure: true}", "are about an answer"),
    Case("c/db/component.yaml", "{tcp: 5432}", "{}", "ready needs one of http, tcp, command"),
    Case("c/db/component.yaml", "([0-9.]+)", "([0-9.+", "is no regular expression"),
    Case("c/db/component.yaml", "[db@primary]", "[db@boss]", "no instance of 'db' has a parameter"),
    Case("c/db/component.yaml", "[db@primary]", "[proxy]", "wait for each other: "),
    Case("c/db/component.yaml", "binary: db-server", "", "needs the key 'binary'"),
    Case("c/db/component.yaml", "mode == standby", "mod == standby", "unknown value 'mod'"),
  ])
  func isRefusedWithTheReason(_ test: Case) {
    let problems = Fixture.problems(test.file, test.old, test.new)
    #expect(problems.contains { $0.contains(test.expected) }, "\(problems)")
    #expect(problems.allSatisfy { $0.hasPrefix("s/") || $0.hasPrefix("c/") })
  }

  @Test func aComponentHasTheCapabilitiesThatItNames() throws {
    var files = Fixture.files
    files["c/proxy/component.yaml"] = Fixture.proxy.replacing(
      "stop:",
      with: "capabilities: [NET_ADMIN, CAP_KILL]\nsees: [/opt/proxy]\n"
        + "devices: [net/tun]\nboot: [[/bin/sh, \"${dir}/x\"]]\nstop:")
    let stack = try Fixture.resolve(files)
    let proxy = try #require(stack.instances(of: "proxy").first)
    #expect(proxy.capabilities == CapabilitySet([.network, .kill]))
    #expect(proxy.sees == ["/opt/proxy"] || proxy.sees == ["/opt/proxy", proxy.binary])
    #expect(proxy.devices == ["net/tun"] && proxy.boot == [["/bin/sh", "/run/proxy/x"]])
    let db = stack.instances(of: "db")[0]
    #expect(db.capabilities == [] && db.devices.isEmpty && db.boot.isEmpty)
  }

  @Test func severalErrorsAreReportedTogether() {
    var files = Fixture.files
    files["s/x.yaml"] = Fixture.stack
      .replacing("site: out", with: "site: aut").replacing("preferred: lb-a", with: "preferred: x")
    let error = #expect(throws: Problems.self) { try Fixture.resolve(files) }
    #expect(error?.all.count == 2)
  }

  @Test func toWaitForAComponentElsewhereMeansNothing() throws {
    var files = Fixture.files
    files["c/proxy/component.yaml"] = Fixture.proxy.replacing("[db]", with: "[idle, db-b]")
    let stack = try Fixture.resolve(files)
    #expect(stack.instances(of: "proxy")[0].startAfter.map(\.description) == ["db-b/db"])
  }

  @Test func aMissingFileIsSaid() {
    let error = #expect(throws: Problems.self) {
      try StackOutline.read("s/none.yaml", from: MemoryLibrary(texts: [:]))
    }
    #expect(error?.description == "s/none.yaml:1:1: there is no such file")
  }
}
