import Basics
import Stacks
import Testing
import YAML

@Suite struct RouteTests {
  @Test func aNodeIsOnSeveralNetworksInTheOrderWritten() throws {
    let stack = try RoutedFixture.resolve()
    let first = try #require(stack.node("first"))
    #expect(first.interfaces.map(\.network) == ["front", "middle"])
    #expect(first.interfaces.map(\.ip.description) == ["10.1.0.1", "10.2.0.1"])
    #expect(first.interfaces.map(\.subnets[0].length) == [24, 24])
    #expect(first.address.description == "10.1.0.1")
    #expect(Set(first.interfaces.map(\.mac)).count == 2)
    #expect(first.forwards && stack.node("store")?.forwards == false)
    let service = try #require(stack.services.first)
    #expect(service.url == "http://10.9.0.7:80")
    #expect(service.replicas.map(\.url) == ["http://10.3.0.7:80"])
    let route = try #require(first.routes.first)
    #expect(route.destination.description == "10.3.0.0/24" && "\(route.gateway)" == "10.2.0.2")
  }

  @Test(arguments: [
    ("client", "client", "client"), ("client", "guest", "client guest"),
    ("client", "first", "client first"), ("first", "second", "first second"),
    ("client", "store", "client first second store"),
    ("store", "client", "store second first client"), ("both", "alone", "both alone"),
    // The packet gets there by the first of its two networks that there is a way to.
    ("client", "both", "client first second both"),
    // The gateway floats, and its preferred holder has no way on: another's has.
    ("guest", "store", "guest first second store"),
  ])
  func aPathFollowsTheRoutes(from: NodeID, to: NodeID, expected: String) throws {
    let stack = try RoutedFixture.resolve()
    let path = try #require(stack.path(from: from, to: to))
    #expect(path.map(\.text).joined(separator: " ") == expected)
    #expect(stack.reaches(from: from, to: to))
  }

  @Test(arguments: [
    ("client", "alone"), ("alone", "client"), ("spare", "store"), ("both", "client"),
    ("client", "nobody"),
  ])
  func whereNoRouteLeadsThereIsNoPath(from: NodeID, to: NodeID) throws {
    let stack = try RoutedFixture.resolve()
    #expect(stack.path(from: from, to: to) == nil && !stack.reaches(from: from, to: to))
  }

  /// Its own site's first, then as written; none that no route leads to, and no more than a resolver reads.
  @Test func nameServersAreThoseThatAreReached() throws {
    let stack = try RoutedFixture.resolve(
      "title: Networks in a row", "title: t\nresolvers: [alone, store, both, guest, first]")
    func servers(_ node: NodeID) throws -> [String] {
      stack.resolvers(of: try #require(stack.node(node))).map(\.description)
    }
    #expect(stack.resolvers == ["alone", "store", "both", "guest", "first"])
    #expect(try servers("client") == ["10.3.0.9", "10.1.0.8", "10.1.0.1"])
    #expect(try servers("alone") == ["10.9.0.1", "10.9.0.7"])
    #expect(try RoutedFixture.resolve().resolvers.isEmpty)
  }

  @Test(arguments: ["nobody", "store, store", "[store]"])
  func aNameServerThatIsNoneIsRefused(names: String) {
    #expect(throws: Problems.self) {
      try RoutedFixture.resolve("title: Networks in a row", "title: t\nresolvers: [\(names)]")
    }
  }

  @Test func packetsThatGoInACircleDoNotArrive() throws {
    let circle = RoutedFixture.stack
      .replacing("via: 10.2.0.2}]", with: "via: 10.2.0.2}, {to: 10.9.0.0/24, via: 10.2.0.2}]")
      .replacing("via: 10.2.0.1}]", with: "via: 10.2.0.1}, {to: 10.9.0.0/24, via: 10.2.0.1}]")
    let stack = try RoutedFixture.resolve(RoutedFixture.stack, circle)
    #expect(stack.node("first")?.routes.count == 2 && stack.node("second")?.routes.count == 2)
    #expect(stack.path(from: "first", to: "alone") == nil)
    #expect(stack.path(from: "first", to: "store") != nil)
  }

  @Test func aRouterThatMasqueradesIsKnownOnTheWay() throws {
    let stack = try RoutedFixture.resolve(
      "forwards: true\n    routes: [{to: 10.3",
      "forwards: true\n    masquerades: [middle]\n    routes: [{to: 10.3")
    #expect(stack.node("first")?.masquerades == ["middle"])
    #expect(stack.masquerader(from: "client", to: "store") == "first")
    #expect(stack.masquerader(from: "client", to: "second") == "first")
    #expect(stack.masquerader(from: "store", to: "client") == nil, "only what leaves by it")
    #expect(stack.masquerader(from: "first", to: "store") == nil, "they bear its address anyway")
    #expect(stack.masquerader(from: "client", to: "alone") == nil, "there is no way")
  }

  @Test func aNameMeansTheAddressThatIsNearest() throws {
    let stack = try RoutedFixture.resolve()
    func seen(_ target: NodeID, from source: NodeID) throws -> String {
      let target = try #require(stack.node(target))
      return stack.address(of: target, seenFrom: try #require(stack.node(source))).description
    }
    #expect(try seen("second", from: "first") == "10.2.0.2")
    #expect(try seen("second", from: "store") == "10.3.0.1")
    #expect(try seen("both", from: "alone") == "10.9.0.7")
    #expect(try seen("both", from: "client") == "10.3.0.7")
    #expect(try seen("alone", from: "client") == "10.9.0.1", "no way, so its first")
  }

  @Test(arguments: [
    (
      "via: 10.1.0.1}", "via: 10.7.0.1}",
      "11:100: the gateway 10.7.0.1 is on no network of node 'client', which has front 10.1.0.0/24"
    ),
    ("via: 10.1.0.1}", "via: 10.1.0.9}", "10.1.0.9 is the address of node 'client' itself"),
    ("via: 10.1.0.1}", "via: 10.1.0.8}", "node 'guest' forwards nothing; give it the key 'forw"),
    ("via: 10.1.0.1}", "via: 10.1.0.3}", "unknown gateway '10.1.0.3'; did you mean '10.1.0.1'?"),
    ("via: 10.1.0.1}", "via: first}", "an IP address is expected here, not 'first'"),
    ("via: 10.1.0.1}", "vai: 10.1.0.1}", "unknown key 'vai'; did you mean 'via'?"),
    ("via: 10.1.0.1}", "via: 10.1.0.1}, {to: 10.3.0.0/24, via: 10.1.0.2}", "10.3.0.0/24 stands tw"),
    ("[{to: 10.3.0.0/24, via: 10.1", "[{to: 10.1.0.0/16, via: 10.1", "overlaps the node's own net"),
    (
      "[{to: 10.3.0.0/24, via: 10.1", "[{to: 10.1.0.64/26, via: 10.1", "own network 'front', 10.1.0"
    ),
    (
      "[{to: 10.3.0.0/24, via: 10.1", "[{to: 10.3.0.1/24, via: 10.1", "'to' must be a network"
    ),
    ("[{to: 10.3.0.0/24, via: 10.1", "[{to: 10.3.0.1, via: 10.1", "'to' must be a network"),
    (
      "forwards: true\n    routes: [{to: 10.3",
      "forwards: false\n    masquerades: [middle]\n    routes: [{to: 10.3",
      "'masquerades' is for a node with 'forwards: true'"
    ),
    (
      "forwards: true\n    routes: [{to: 10.3",
      "forwards: true\n    masquerades: [midle]\n    routes: [{to: 10.3",
      "unknown network of this node 'midle'; did you mean 'middle'?"
    ),
    (
      "forwards: true\n    routes: [{to: 10.3",
      "forwards: true\n    masquerades: middle\n    routes: [{to: 10.3",
      "'masquerades' must be a list"
    ),
    ("forwards: true\n", "forwards: maybe\n", "'forwards' must be true or false"),
    ("networks: {front: 10.1.0.2", "network: front, networks: {front: 10.1.0.2", "not both"),
    ("middle: 10.2.0.3}", "midle: 10.2.0.3}", "unknown network 'midle'; did you mean 'middle'?"),
    ("middle: 10.2.0.3}", "middle: 10.3.0.3}", "10.3.0.3 is no address of network 'middle'"),
  ])
  func aWrongRouteIsRefused(old: String, new: String, reason: String) {
    let error = #expect(throws: Problems.self) { try RoutedFixture.resolve(old, new) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
  }

  @Test func aFloatingGatewayNeedsSomebodyWhoForwards() {
    let quiet = RoutedFixture.stack.replacing("forwards: true", with: "forwards: false")
    let error = #expect(throws: Problems.self) {
      try RoutedFixture.resolve(RoutedFixture.stack, quiet)
    }
    let reason = "no other node on the network 'front' forwards, whoever holds 10.1.0.100"
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
  }
}
