import Basics
import Linux
import Packets
import Testing

@testable import Fabric

extension OnTheMachine {
  @Suite struct AddressTests {
    /// The floating address moves by gratuitous ARP, and the fabric says who took it and when.
    @Test func aFloatingAddressMovesByGratuitousARP() throws {
      try Lab.with(nodes: 3) { lab in
        let floating = try #require(IPv4(text: "10.0.0.100"))
        try lab.takeFloatingAddress(0)
        #expect(lab.askWhoAnswers(from: 2) == "a")
        try lab.places[0].shell("ip addr del 10.0.0.100/32 dev eth0")
        let before = lab.fabric.clock.now
        try lab.takeFloatingAddress(1)
        #expect(lab.askWhoAnswers(from: 2) == "b")
        let claims = lab.fabric.takeARPEvents().events.filter {
          $0.packet.senderIP == floating && $0.packet.kind == .gratuitous
        }
        #expect(claims.map(\.node) == ["a", "b"])
        #expect(claims.map(\.packet.senderMAC) == [Lab.mac(0), Lab.mac(1)])
        #expect(claims[1].at >= before && claims[1].at <= lab.fabric.clock.now)
      }
    }

    @Test func aHardwareAddressThatMovesIsFollowed() throws {
      try Lab.with(nodes: 3) { lab in
        // Both nodes hold the same virtual router's address in turn, as with VRRP on a virtual MAC.
        let virtual = try #require(MAC(text: "00:00:5e:00:01:0a"))
        try lab.places[2].shell("ip neigh replace 10.0.0.100 lladdr \(virtual) dev eth0")
        for index in [0, 1, 0] {
          try lab.places[index].shell("ip link set eth0 address \(virtual)")
          try lab.takeFloatingAddress(index)
          #expect(lab.askWhoAnswers(from: 2) == Lab.names[index])
          try lab.places[index].shell(
            "ip addr del 10.0.0.100/32 dev eth0 && ip link set eth0 address \(Lab.mac(index))")
        }
      }
    }
  }
}

extension Lab {
  /// Takes 10.0.0.100 and says so, the way keepalived does.
  func takeFloatingAddress(_ index: Int) throws {
    try places[index].shell("ip addr add 10.0.0.100/32 dev eth0")
    try places[index].shell(announce(device: "eth0"))
  }

  /// The kernel itself announces an address when the interface is told to notify.
  func announce(device: String) -> String {
    "sysctl -qw net.ipv4.conf.\(device).arp_notify=1 && ip link set \(device) down"
      + " && ip link set \(device) up"
  }

  /// Asks 10.0.0.100 over UDP who it is.
  func askWhoAnswers(from index: Int) -> NodeID? {
    let listeners = (0..<2).map { place in places[place].run { Socket.udp(port: 7100) } }
    defer {
      for (place, listener) in listeners.enumerated() { places[place].run { listener.close() } }
    }
    places[index].run {
      let socket = Socket.udp()
      socket.send([1], to: "10.0.0.100", 7100)
      socket.close()
    }
    var answer: NodeID?
    _ = eventually {
      for (place, listener) in listeners.enumerated()
      where places[place].run({ listener.receiveNow() }) != nil { answer = Self.names[place] }
      return answer != nil
    }
    return answer
  }
}
