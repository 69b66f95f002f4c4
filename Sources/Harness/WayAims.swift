import Basics
import Fabric
import Faults
import Links
import Packets
import Stacks

/// What probes are sent as along the ways of a policy: something that the policy is about, from end to end.
///
/// Neighbours of whom all packets are meant are probed with frames of our own. A policy of one kind of
/// packet is probed with packets of that kind, and a way over routers with packets that these route.
struct WayAims {
  let ways: [PolicyRoutes.Way]
  let aims: [ProbeAim]
  /// The place of each aim's way.
  let owners: [Int]

  /// - Parameter acknowledges: TCP is probed with acknowledgements, which a reset may answer.
  init(
    _ ways: [PolicyRoutes.Way], of kind: PacketKind?, acknowledges: Bool = false,
    in stack: ResolvedStack
  ) {
    self.ways = ways
    let own = ways.map { way in
      Self.aims(of: way, kind, in: stack).map { $0.acknowledging(acknowledges) }
    }
    aims = own.flatMap(\.self)
    owners = own.enumerated().flatMap { number, aims in aims.map { _ in number } }
  }

  /// The places of a way's aims.
  func places(of way: Int) -> [Int] { owners.indices.filter { owners[$0] == way } }

  /// None where the policy's packets cannot go that way.
  private static func aims(
    of way: PolicyRoutes.Way, _ kind: PacketKind?, in stack: ResolvedStack
  ) -> [ProbeAim] {
    func aim(_ body: ProbeAim.Body) -> ProbeAim {
      ProbeAim(from: way.source, to: way.target, as: body)
    }
    guard !way.hops.isEmpty, let source = stack.node(way.source),
      let target = stack.node(way.target)
    else { return [] }
    switch kind?.carried {
    case nil where kind == nil && !way.isRouted: return [aim(.frame(in: nil))]
    case .arp?: return way.isRouted ? [] : [aim(.arp)]
    case .neighbours? where way.isRouted: return []
    case .neighbours?: return bodies(asking: ends(of: way, source, target, in: stack)).map(aim)
    default: break
    }
    return ends(of: way, source, target, in: stack).flatMap { ends in
      transports(of: kind, ends.source.family).map { transport in
        aim(
          .packet(
            ProbePacket(
              from: ends.source, to: ends.target, transport: transport, port: kind?.port ?? 0)))
      }
    }
  }

  /// How neighbours ask for one another between these addresses: by ARP, by neighbour discovery, or both.
  private static func bodies(
    asking ends: [(source: IPAddress, target: IPAddress)]
  ) -> [ProbeAim.Body] {
    let solicitations = ends.filter { $0.source.family == .v6 }.map { ends in
      var packet = ProbePacket(from: ends.source, to: ends.target, transport: .icmpV6)
      packet.solicits = true
      return ProbeAim.Body.solicitation(packet)
    }
    return (ends.contains { $0.source.family == .v4 } ? [.arp] : []) + solicitations
  }

  /// The addresses that packets go from and to, of each family: on every network that the two share, or
  /// the routed ones.
  private static func ends(
    of way: PolicyRoutes.Way, _ source: StackNode, _ target: StackNode, in stack: ResolvedStack
  ) -> [(source: IPAddress, target: IPAddress)] {
    guard !way.isRouted else {
      // The way back may be another, or none: then its own first address must do.
      let back = stack.addresses(of: source, seenFrom: target)
      return stack.addresses(of: target, seenFrom: source).compactMap { other in
        let own = back.first { $0.family == other.family } ?? source.address(of: other.family)
        return own.map { ($0, other) }
      }
    }
    return source.interfaces.flatMap { own in
      target.interfaces.filter { $0.network == own.network }.flatMap { other in
        own.ips.flatMap { ip in other.ips.filter { $0.family == ip.family }.map { (ip, $0) } }
      }
    }
  }

  /// The protocols above IP that are probed; where only a port is said, both that have one.
  private static func transports(of kind: PacketKind?, _ family: IPAddress.Family) -> [Transport] {
    guard let kind else { return [family == .v4 ? .icmp : .icmpV6] }
    guard let first = kind.numbers.first, let last = kind.numbers.last else { return [.tcp, .udp] }
    return [Transport(rawValue: family == .v4 ? first : last)]
  }
}

extension ProbeAim {
  fileprivate func acknowledging(_ acknowledges: Bool) -> ProbeAim {
    guard case .packet(var packet) = body else { return self }
    packet.acknowledges = acknowledges
    return ProbeAim(from: source, to: target, as: .packet(packet))
  }
}
