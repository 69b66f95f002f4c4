import Basics
import Faults
import Links
import Stacks
import Testing

@Suite struct PolicyRoutesTests {
  private func traits(from source: IPAddress, to target: IPAddress) -> FrameTraits {
    var traits = FrameTraits()
    (traits.source, traits.target) = (source, target)
    return traits
  }

  /// How often the fabric applies a policy to a packet on its way.
  private func meetings(_ paths: [Path], _ hops: [NodeID], _ traits: FrameTraits) -> Int {
    zip(hops, hops.dropFirst()).count { source, target in
      paths.contains { $0.covers(source, target) && ($0.match?.covers(traits) ?? true) }
    }
  }

  /// Whatever the networks, a packet between two ends of the policy meets it exactly once, wherever routers
  /// take it, and one between others only where it crosses a way of the policy's own.
  @Test(arguments: 1...300 as ClosedRange<UInt64>)
  func everyPacketMeetsThePolicyExactlyOnce(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    let networks = try RandomNetworks(&chance)
    let nodes = networks.stack.nodes
    let from = Set(nodes.map(\.id).filter { _ in chance.below(3) == 0 })
    let to = Set(nodes.map(\.id).filter { !from.contains($0) && chance.below(2) == 0 })
    var impairment = Impairment.cut
    if chance.below(2) == 0 { impairment.rateBitsPerSecond = 1 }
    let policy = Policy(name: "x", paths: [Path(from: from, to: to)], impairment: impairment)
    let routes = PolicyRoutes(policy, in: networks.stack)
    let near = nodes.filter { $0.interface(on: "n0") != nil }
    let holder = near[chance.below(near.count)].id
    for source in nodes {
      let targets =
        nodes.flatMap { node in node.interfaces.flatMap(\.ips).map { (node.id, $0) } }
        + networks.stack.addresses.map { (holder, $0.ip) }
      for (target, ip) in targets where target != source.id {
        guard let hops = networks.trace(from: source.id, to: ip, holder: holder) else { continue }
        let own = zip(hops, hops.dropFirst()).count { from.contains($0) && to.contains($1) }
        let isMeant = from.contains(source.id) && to.contains(target)
        // Between neighbours everything is meant, what a router passes on, too.
        if own > 0 { continue }
        // What floats is not met where a router might have it.
        let isOwn = networks.stack.node(target)?.interfaces.contains { $0.holds(ip) } ?? false
        if !isOwn && networks.stack.node(target)?.forwards == true { continue }
        for address in source.interfaces.flatMap(\.ips) where address.family == ip.family {
          let met = meetings(routes.paths, hops, traits(from: address, to: ip))
          #expect(met == (isMeant ? 1 : 0), "seed \(seed): \(source.id) to \(ip) over \(hops)")
        }
      }
    }
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func aWayIsThereExactlyWhereTheTablesLead(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    let networks = try RandomNetworks(&chance)
    let all = Set(networks.stack.nodes.map(\.id))
    let policy = Policy(name: "x", paths: [Path(from: all, to: all)], impairment: .cut)
    for way in PolicyRoutes(policy, in: networks.stack).ways {
      let target = try #require(networks.stack.node(way.target))
      let leads = target.interfaces.flatMap(\.ips).contains {
        networks.trace(from: way.source, to: $0, holder: "nobody")?.last == way.target
      }
      #expect(way.hops.isEmpty == !leads, "seed \(seed): \(way)")
    }
  }
}
