import Basics
import Linux
import Stacks
import Testing

@testable import Harness

/// What of a node was changed from outside.
@Suite struct NodeSightTests {
  private let own = InterfaceAddress(interface: "eth0", prefix: IPPrefix(text: "10.0.0.1/24")!)

  private func sight(up: Set<String>, _ held: [InterfaceAddress]) -> [String] {
    NodeSight.changes(
      of: "web", interfaces: [("eth0", [own.prefix])], floating: [IPAddress(text: "10.0.0.100")!],
      up: up,
      held: Set(held))
  }

  private func address(_ text: String, on interface: String = "eth0") -> InterfaceAddress {
    InterfaceAddress(interface: interface, prefix: IPPrefix(text: text)!)
  }

  @Test func whatIsAsItShouldBeIsNoChange() {
    let kernels = [address("127.0.0.1/8", on: "lo"), address("fe80::1/64")]
    #expect(sight(up: ["eth0", "lo"], [own] + kernels) == [])
    #expect(sight(up: ["eth0"], [own, address("10.0.0.100/24")]) == [])
  }

  @Test func eachChangeIsASentence() {
    #expect(sight(up: ["lo"], []) == ["interface eth0 of web is down"])
    #expect(sight(up: ["eth0"], []) == ["web lacks its address 10.0.0.1/24 on eth0"])
    #expect(
      sight(up: ["eth0"], [own, address("10.0.0.7/24")])
        == ["web has another address, 10.0.0.7/24 on eth0"])
  }

  @Test func aRouteThatIsNotTheStacksIsOne() {
    func way(_ destination: String, _ gateway: String?) -> NodeSight.Way {
      .init(
        destination: IPPrefix(text: destination)!, gateway: gateway.map { IPAddress(text: $0)! })
    }
    let (own, other) = (way("10.9.0.0/16", "10.0.0.254"), way("10.8.0.0/16", nil))
    func changes(_ seen: Set<NodeSight.Way>, isDown: Bool = false) -> [String] {
      NodeSight.changes(of: "web", routes: [own], seen: seen, isDown: isDown)
    }
    #expect(changes([own]) == [] && changes([], isDown: true) == [])
    #expect(changes([]) == ["web lacks its route to 10.9.0.0/16 via 10.0.0.254"])
    #expect(changes([own, other]) == ["web has another route, to 10.8.0.0/16"])
  }
}
