import Basics
import Experiments
import Links
import Stacks
import Testing
import YAML

@testable import Harness

/// What a stack says of the ways between its nodes.
@Suite struct StackLinkTests {
  private func plan(_ links: String) throws -> Plan {
    var files = Fixture.files
    files["fixtures/stacks/two.yaml"] = Fixture.stack.replacing(
      "links: [{between: [a, b], delay: \"${wan}\"}]", with: "links: [\(links)]")
    return try Fixture.plan(files)
  }

  @Test func sitesNodesAndNetworksHaveLinksThatPlanShows() throws {
    let plan = try plan(
      """
      {between: [a, b], delay: 5ms, jitter: 1ms, loss: 1%},
        {between: [{node: lb-a}, {node: db-a}], mbit: 2.5, queue: 50ms},
        {network: lan, mtu: 1400}
      """)
    let links = plan.stack.links
    #expect(links.map(\.endsText) == ["a – b", "node lb-a – node db-a", "network lan"])
    #expect(
      links.map(\.text)
        == ["delay 5ms ± 1ms, loss 1%", "2.5 Mbit/s, queue 50ms", "MTU 1400"])
    for link in links { #expect(plan.text.contains(link.text)) }
    #expect(plan.stack.mtu(of: "lan") == 1400 && plan.stack.mtu(of: "other") == nil)
    #expect(plan.stack.longestHold == .milliseconds(56))
    #expect(links[1].impairment.rateBitsPerSecond == 2_500_000)
    #expect(links[1].impairment.rateQueue == .milliseconds(50) && links[2].impairment.isClean)
  }

  @Test func aLinkIsAboutItsOwnWaysOnly() throws {
    let links = try plan(
      "{between: [a, b]}, {between: [{node: lb-a}, {node: db-a}]}, {network: lan}"
    ).stack
    func covered(_ number: Int, _ source: NodeID, _ target: NodeID) -> Int {
      links.links[number].paths(in: links).count { $0.covers(source, target, in: "lan") }
    }
    #expect(covered(0, "lb-a", "db-b") == 1 && covered(0, "db-b", "lb-a") == 1)
    #expect(covered(0, "lb-a", "db-a") == 0)
    #expect(covered(1, "lb-a", "db-a") == 1 && covered(1, "db-a", "lb-a") == 1)
    #expect(covered(1, "lb-a", "db-b") == 0)
    #expect(covered(2, "client-1", "db-b") == 1)
    #expect(links.links[2].paths(in: links).allSatisfy { $0.segment == "lan" })
    #expect(Set(links.links.map(\.policyName)).count == 3)
  }

  @Test(arguments: [
    ("{between: [a]}", "'between' must name two sites, or two nodes"),
    ("{between: [a, c]}", "unknown site 'c'"),
    ("{between: [{node: lb-a}, {node: lb-x}]}", "unknown node 'lb-x'; did you mean 'lb-a'?"),
    ("{between: [{node: lb-a}, {node: lb-a}]}", "a link is between two different sites or nodes"),
    ("{between: [a, b], network: lan}", "'between' two ends or of a 'network', not both"),
    ("{network: lam}", "unknown network 'lam'; did you mean 'lan'?"),
    ("{between: [a, b], mtu: 1400}", "'mtu' is for the link of a 'network'"),
    ("{network: lan, mtu: 9}", "'mtu' must be a whole number from 576 to 1500"),
    ("{between: [a, b], mbit: 0}", "a rate from 0.01 to 100000 is expected here"),
    ("{between: [a, b], queue: 1s}", "'queue' is for a link with 'mbit'"),
    ("{between: [a, b]}, {between: [b, a]}", "the same link stands twice"),
    ("{network: lan}, {network: lan}", "the same link stands twice"),
  ])
  func aWrongLinkIsRefused(links: String, reason: String) {
    let error = #expect(throws: Problems.self) { try plan(links) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
  }
}
