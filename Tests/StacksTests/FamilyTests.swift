import Basics
import Stacks
import Testing
import YAML

/// IPv4 and IPv6 side by side: a network with both, one with each, and a router between them.
@Suite struct FamilyTests {
  static let text = """
    title: Two families
    parameters:
      family: {kind: choice, choices: [ipv4, ipv6], default: ipv4}
    sites: [here]
    prefers: "${family}"
    networks:
      both: {subnet: 10.1.0.0/24, subnet6: "fd00:1::/64"}
      six: {subnet6: "fd00:2::/64"}
      four: {subnet: 10.3.0.0/24}
      tiny: {subnet: 10.4.0.0/30}
    addresses:
      vip: {ip: "fd00:1::100", network: both, preferred: one}
      old: {ip: 10.1.0.100, network: both}
    nodes:
      one: {site: here, role: web, network: both, ip: ["fd00:1::aa", 10.1.0.9], components: [proxy]}
      two: {site: here, role: web, network: both, routes: [{to: "::/0", via: "fd00:1::3"}]}
      router: {site: here, role: router, networks: {both: , six: "fd00:2::1"}, forwards: true}
      far: {site: here, role: far, network: six, routes: [{to: "fd00:1::/64", via: "fd00:2::1"}]}
      lone: {site: here, role: lone, network: four, ip: 10.3.0.1}
    services:
      api:
        url: "http://${addresses.vip.ip|host}:80"
        replicas: {role: web, url: "http://${node.address|host}:81"}
    """

  static let component = """
    {name: proxy, summary: '', binary: /bin/proxy, command: [x, "${role:web.address6|host}", "${bare}"],
     parameters: {bare: {default: none}}, files: [{template: p, to: p}]}
    """
  static let template = """
    %if node.address4
    four ${node.address4}
    %end
    %if node.address6
    six [${node.address6}] ${node.address6|host}
    %end
    %if addresses.vip.family == ipv6
    vip ${addresses.vip.ip}/${addresses.vip.prefix}
    %end
    near ${node.networks.both.address6} ${network.subnet}
    """

  static func resolve(
    _ old: String = "", _ new: String = "", template: String = template, family: String = "ipv4"
  ) throws(Problems) -> ResolvedStack {
    let library = MemoryLibrary(texts: [
      "s/x.yaml": old.isEmpty ? text : text.replacing(old, with: new),
      "c/proxy/component.yaml": component, "c/proxy/p": template,
    ])
    let mark = Mark(file: "test", line: 0)
    return try ResolvedStack.resolve(
      StackOutline.read("s/x.yaml", from: library), given: [.init("family", family, at: mark)],
      components: ["c"], library: library, machine: .imaginary, at: mark)
  }

  @Test func everyNodeHasAnAddressOfEachFamilyOfItsNetworks() throws {
    let stack = try Self.resolve()
    #expect(
      stack.nodes.map { $0.interfaces.flatMap(\.addresses).map(\.description) } == [
        ["10.1.0.9/24", "fd00:1::aa/64"], ["10.1.0.2/24", "fd00:1::2/64"],
        ["10.1.0.3/24", "fd00:1::3/64", "fd00:2::1/64"], ["fd00:2::4/64"], ["10.3.0.1/24"],
      ])
    #expect(stack.addresses.map(\.ip.description) == ["fd00:1::100", "10.1.0.100"])
    #expect(stack.addresses.map(\.prefix) == [64, 24])
    #expect(stack.node("far")?.address(of: .v4) == nil)
    #expect(stack.node("two")?.interfaces[0].isNear(stack.addresses[0].ip) == true)
  }

  @Test func theStackSaysWhichFamilyItPrefers() throws {
    let (four, six) = (try Self.resolve(), try Self.resolve(family: "ipv6"))
    #expect(four.node("two")?.address.description == "10.1.0.2")
    #expect(six.node("two")?.address.description == "fd00:1::2")
    #expect(six.node("lone")?.address.description == "10.3.0.1", "it has no other")
    #expect(four.services[0].replicas.map(\.url) == ["http://10.1.0.9:81", "http://10.1.0.2:81"])
    #expect(
      six.services[0].replicas.map(\.url) == ["http://[fd00:1::aa]:81", "http://[fd00:1::2]:81"])
    #expect(four.services[0].url == "http://[fd00:1::100]:80")
  }

  @Test func templatesSayWhichAddressTheyMean() throws {
    let proxy = try #require(try Self.resolve().instances(of: "proxy").first)
    #expect(proxy.command == ["x", "[fd00:1::aa],[fd00:1::2]", "none"])
    #expect(
      String(decoding: proxy.files[0].contents, as: UTF8.self) == """
        four 10.1.0.9
        six [fd00:1::aa] [fd00:1::aa]
        vip fd00:1::100/64
        near fd00:1::aa 10.1.0.0/24

        """)
  }

  @Test func eachFamilyHasItsWays() throws {
    let stack = try Self.resolve()
    func seen(_ target: NodeID, from source: NodeID) throws -> [String] {
      let target = try #require(stack.node(target))
      return stack.addresses(of: target, seenFrom: try #require(stack.node(source)))
        .map(\.description)
    }
    #expect(try seen("two", from: "one") == ["10.1.0.2", "fd00:1::2"])
    #expect(try seen("far", from: "two") == ["fd00:2::4"])
    #expect(try seen("far", from: "one") == [], "it has no route there")
    #expect(try seen("router", from: "far") == ["fd00:2::1"])
    #expect(stack.path(from: "two", to: "far") == ["two", "router", "far"])
    #expect(stack.path(from: "far", to: "two") == ["far", "router", "two"])
    #expect(stack.path(from: "lone", to: "two") == nil)
  }

  @Test(arguments: [
    ("{subnet: 10.3.0.0/24}", "{}", "a network needs 'subnet', such as 10.77.0.0/16, or 'subnet6'"),
    (
      "four: {subnet: 10.3.0.0/24", "four: {subnet: \"fd00:3::/64\"",
      "'subnet' must be an IPv4 network such as 10.77.0.0/16, not 'fd00:3::/64'; an IPv6 network is 'subnet6'"
    ),
    ("fd00:2::/64", "10.2.0.0/24", "not '10.2.0.0/24'; an IPv4 network is 'subnet'"),
    ("fd00:2::/64", "fe80::/64", "'subnet6' must be an IPv6 network such as fd00:77::/64"),
    ("fd00:2::/64", "fd00:2::1/64", "'subnet6' must be an IPv6 network such as fd00:77::/64"),
    (
      "prefers: \"${family}\"", "prefers: ip4",
      "unknown family of addresses 'ip4'; did you mean 'ipv4'?"
    ),
    (
      "lone, network: four, ip: 10.3.0.1", "lone, network: four, ip: \"fd00:3::1\"",
      "network 'four' has no IPv6 addresses; give it 'subnet6'"
    ),
    (
      "ip: [\"fd00:1::aa\", 10.1.0.9]", "ip: [10.1.0.8, 10.1.0.9]",
      "a second IPv4 address in one network"
    ),
    ("fd00:1::aa", "fd00:9::aa", "fd00:9::aa is no address of network 'both', fd00:1::/64"),
    (
      "fd00:1::aa", "fd00:1::2",
      "node 'two' would get fd00:1::2, which is that of node 'one'; say its 'ip'"
    ),
    ("fd00:1::aa", "fd00:1::100", "fd00:1::100 is that of address 'vip' already"),
    ("ip: \"fd00:1::100\"", "ip: [\"fd00:1::100\", 10.1.0.7]", "a floating address is one address"),
    (
      "network: six, routes", "networks: {six: , tiny: }, routes",
      "10.4.0.0/30 has no room for node 'far'; say its 'ip', or take a larger one"
    ),
    ("via: \"fd00:1::3\"", "via: 10.1.0.3", "::/0 is IPv6, and its gateway 10.1.0.3 is not"),
    (
      "to: \"::/0\"", "to: \"fd00:1::/48\"",
      "fd00:1::/48 overlaps the node's own network 'both', fd00:1::/64"
    ),
    ("${addresses.vip.ip|host}", "${addresses.vip.ip}", "needs brackets around its IPv6 address"),
    ("${addresses.vip.ip|host}", "[fd00:1::100", "needs an IPv6 address within its brackets"),
    ("${addresses.vip.ip|host}", "[10.1.0.1]", "needs an IPv6 address within its brackets"),
    ("${addresses.vip.ip|host}:80", "[fd00::1]80", "needs a port of 1 to 65535 after ':'"),
    (
      "${addresses.vip.ip|host}", "${addresses.vip.ip|hots}",
      "unknown filter 'hots'; did you mean 'host'?"
    ),
    (
      "${addresses.vip.ip|host}", "${addresses.vip.preferred|host}",
      "'one' is no IP address, so '|host'"
    ),
    ("${node.address|host}", "${node.adress6|host}", "did you mean 'node.address6'?"),
  ])
  func whatCannotBeIsRefused(old: String, new: String, reason: String) {
    let error = #expect(throws: Problems.self) { try Self.resolve(old, new) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
  }

  @Test func anAddressThatANodeLacksIsRefusedWithWhatHelps() {
    let error = #expect(throws: Problems.self) {
      try Self.resolve(
        "network: four, ip: 10.3.0.1}", "network: four, components: [proxy]}",
        template: "${node.address6}")
    }
    let reason =
      "c/proxy/p:1:1: there is no 'node.address6': its network has no 'subnet6'; ask with "
      + "'%if node.address6', or write 'address' for what there is"
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
  }

  @Test func anMTUThatIPv6CannotHaveIsRefused() {
    let links = "networks:\n"
    let error = #expect(throws: Problems.self) {
      try Self.resolve(links, "links: [{network: six, mtu: 1000}]\n" + links)
    }
    #expect(
      error?.description.contains("IPv6 needs an MTU of at least 1280, and network 'six' has IPv6")
        == true, "\(error?.description ?? "none")")
    #expect(throws: Never.self) {
      try Self.resolve(links, "links: [{network: four, mtu: 1000}]\n" + links)
    }
  }
}
