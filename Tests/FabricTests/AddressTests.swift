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
        let claims = lab.fabric.takeNeighbourEvents().events.filter {
          $0.claimed == IPAddress(floating) && $0.arp?.kind == .gratuitous
        }
        #expect(claims.map(\.node) == ["a", "b"])
        #expect(claims.map(\.arp?.senderMAC) == [Lab.mac(0), Lab.mac(1)])
        #expect(claims[1].at >= before && claims[1].at <= lab.fabric.clock.now)
      }
    }

    /// What keepalived does over IPv6: it takes the address and says so unasked, with the flag by which
    /// neighbours forget who had it.
    @Test(.enabled(if: Lab.hasIPv6, "needs a kernel with IPv6"))
    func aFloatingAddressOfIPv6MovesByNeighbourAdvertisement() throws {
      try Lab.with(nodes: 3) { lab in
        let floating = try #require(IPAddress(text: "fd00::100"))
        for (index, place) in lab.places.enumerated() {
          try place.shell("ip addr add fd00::\(index + 1)/64 dev eth0 nodad")
        }
        func take(_ index: Int) throws {
          try lab.places[index].shell("ip addr add fd00::100/128 dev eth0 nodad")
        }
        func answers() -> NodeID? { lab.askWhoAnswers(from: 2, at: "fd00::100", any: "::") }
        try take(0)
        #expect(answers() == "a")
        try lab.places[0].shell("ip addr del fd00::100/128 dev eth0")
        _ = lab.fabric.takeNeighbourEvents()
        let before = lab.fabric.clock.now
        try take(1)
        try lab.advertise(floating, from: 1)
        #expect(answers() == "b")
        let claims = lab.fabric.takeNeighbourEvents().events.filter { $0.claimed == floating }
        let first = try #require(claims.first)
        #expect(
          first.node == "b" && first.ndp?.kind == .unsolicited && first.ndp?.overrides == true)
        #expect(first.ndp?.hardwareAddress == Lab.mac(1))
        #expect(first.at >= before && first.at <= lab.fabric.clock.now)
        #expect(claims.allSatisfy { $0.node == "b" })
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

  /// Says unasked who has an address of IPv6: sent as a frame, for the kernel writes no such packet on demand.
  func advertise(_ address: IPAddress, from index: Int) throws {
    let mac = Self.mac(index)
    let everybody = IPAddress(text: "ff02::1")!
    var body: [UInt8] = [136, 0, 0, 0, 0x20, 0, 0, 0] + address.bytes + [2, 1] + mac.bytes
    let header: [UInt8] =
      [0x60, 0, 0, 0, 0, UInt8(body.count), 58, 255] + address.bytes + everybody.bytes
    let pseudo = address.bytes + everybody.bytes + [0, 0, 0, UInt8(body.count), 0, 0, 0, 58]
    var sum = InternetChecksum()
    sum.add((pseudo + body).span.bytes)
    let checksum = sum.complete
    body[2] = UInt8(truncatingIfNeeded: UInt16(bigEndian: checksum) >> 8)
    body[3] = UInt8(truncatingIfNeeded: UInt16(bigEndian: checksum))
    let frame: [UInt8] = [0x33, 0x33, 0, 0, 0, 1] + mac.bytes + [0x86, 0xdd] + header + body
    let sent = places[index].run {
      Result { () throws(FabricError) in try ProbeSocket.open(interface: "eth0").send(frame) }
    }
    try #require(try sent.get())
  }

  /// Asks a floating address over UDP who it is.
  func askWhoAnswers(
    from index: Int, at address: String = "10.0.0.100", any: String = "0.0.0.0"
  ) -> NodeID? {
    let listeners = (0..<2).map { place in
      places[place].run { Socket.udp(any: any, port: 7100) }
    }
    defer {
      for (place, listener) in listeners.enumerated() { places[place].run { listener.close() } }
    }
    places[index].run {
      let socket = Socket.udp(any: any)
      socket.send([1], to: address, 7100)
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

extension NeighbourEvent {
  /// What was said by ARP; nil where it was said otherwise.
  var arp: ARPPacket? { if case .arp(let packet) = packet { packet } else { nil } }

  /// What was said by neighbour discovery; nil where it was said otherwise.
  var ndp: NDPPacket? { if case .ndp(let packet) = packet { packet } else { nil } }
}
