import Basics
import Glibc
import Links
import Packets
import Testing

@testable import Fabric

extension OnTheMachine {
  /// Connections of real kernels, ended from the middle.
  @Suite struct ResetTests {
    private static let families = Lab.hasIPv6 ? [false, true] : [false]

    private static func paths(_ sources: Set<NodeID>, _ targets: Set<NodeID>, _ port: UInt16)
      -> [Path]
    {
      let kind = PacketKind(.ip(name: "tcp", numbers: [6]), port: port)
      return Path.between(sources, targets).map { path in
        var path = path
        path.match = FrameMatch(kind: kind)
        return path
      }
    }

    private func reset(_ lab: Lab, _ scope: ResetScope = .all, port: UInt16 = 8000) {
      lab.fabric.impair(
        "reset", Self.paths(["a"], ["b"], port), with { $0.forgery = .resets(scope) })
    }

    /// A listener on the second node, and a connection of the first to it.
    private struct Connected {
      let listener: Socket
      let client: Socket
      let server: Socket
      let host: String
      let port: UInt16

      func close() { for socket in [listener, client, server] { socket.close() } }
    }

    private func connect(_ lab: Lab, isIPv6: Bool = false, port: UInt16 = 8000) throws -> Connected
    {
      if isIPv6 {
        for (index, place) in lab.places.prefix(2).enumerated() {
          try place.shell("ip -6 addr replace fd00::\(index + 1)/64 dev eth0 nodad")
        }
      }
      let (any, host) = isIPv6 ? ("::", "fd00::2") : ("0.0.0.0", "10.0.0.2")
      let listener = lab.places[1].run { Socket.listener(any: any, port: port) }
      let client = try #require(lab.places[0].run { Socket.connect(to: host, port) })
      let server = try #require(lab.places[1].run { listener.accept() })
      return Connected(listener: listener, client: client, server: server, host: host, port: port)
    }

    @Test(arguments: families) func bothEndsOfAConnectionAreReset(isIPv6: Bool) throws {
      try Lab.with { lab in
        let own = try connect(lab, isIPv6: isIPv6)
        let other = try connect(lab, isIPv6: isIPv6, port: 9000)
        #expect(own.client.say([1]) && own.server.hear() == 1)
        reset(lab)
        #expect(own.client.say([2]))
        #expect(own.client.hear() == -ECONNRESET && own.server.hear() == -ECONNRESET)
        #expect(other.client.say([3]) && other.server.hear() == 3, "another port is left alone")
        #expect(lab.places[0].run { Socket.connect(to: own.host, own.port) } == nil)
        let ledger = try #require(lab.fabric.counters(under: "reset"))
        #expect(ledger.dropped.replaced >= 2 && ledger.passedFrames == 0)
        lab.fabric.lift("reset")
        let again = try #require(lab.places[0].run { Socket.connect(to: own.host, own.port) })
        again.close()
        own.close()
        other.close()
      }
    }

    /// What the second end says is enough, too.
    @Test func itIsAllTheSameWhoSpeaks() throws {
      try Lab.with { lab in
        let own = try connect(lab)
        reset(lab)
        #expect(own.server.say([1]))
        #expect(own.client.hear() == -ECONNRESET && own.server.hear() == -ECONNRESET)
        own.close()
      }
    }

    @Test func whatBeginsLaterIsSparedWhereAskedFor() throws {
      try Lab.with { lab in
        let own = try connect(lab)
        reset(lab, .established)
        let client = try #require(lab.places[0].run { Socket.connect(to: own.host, own.port) })
        let server = try #require(lab.places[1].run { own.listener.accept() })
        #expect(client.say([5]) && server.hear() == 5 && server.say([6]) && client.hear() == 6)
        #expect(own.client.say([1]))
        #expect(own.client.hear() == -ECONNRESET && own.server.hear() == -ECONNRESET)
        #expect(client.say([7]) && server.hear() == 7)
        for socket in [client, server] { socket.close() }
        own.close()
      }
    }

    /// One on which nobody says anything is made to: its kernel answers a SYN, and the answer is met.
    @Test func anIdleConnectionIsResetOnceItsEndIsProvoked() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let own = try connect(lab)
        let port = try #require(own.client.localPort)
        reset(lab)
        #expect(lab.fabric.counters(under: "reset")?.dropped.replaced == 0)
        let ends = try ["10.0.0.2", "10.0.0.1"].map { try #require(IPAddress(text: $0)) }
        let frame = IPFrame(link: (Lab.mac(1), Lab.mac(0)), network: (ends[0], ends[1]))
        lab.fabric.deliver(
          frame.bytes(.tcp, TCPReset.opening(from: own.port, to: port)), to: "a", in: Lab.segment)
        #expect(own.client.hear() == -ECONNRESET && own.server.hear() == -ECONNRESET)
        own.close()
      }
    }

    /// A stream in packets that nobody has cut into frames, and many of them under way.
    @Test func aStreamIsResetMidway() throws {
      try Lab.with { lab in
        let arrived = try lab.transfer(megabytes: 16) { [fabric = lab.fabric] in
          fabric.impair(
            "reset", Self.paths(["a"], ["b"], 8000), with { $0.forgery = .resets(.all) })
        }
        #expect(arrived < 16 << 20)
        // Whichever end spoke first when it began.
        let replaced = try [lab.counters(0, 1), lab.counters(1, 0)].map(\.dropped.replaced)
        #expect(replaced.reduce(0, +) > 0)
      }
    }

    /// Segments of our own pass before, and are reset at both ends after; not on a way that is not meant.
    @Test(arguments: families) func probesSeeIt(isIPv6: Bool) throws {
      try Lab.with(nodes: 3) { lab in
        if isIPv6 {
          for (index, place) in lab.places.enumerated() {
            try place.shell("ip -6 addr replace fd00::\(index + 1)/64 dev eth0 nodad")
          }
        }
        let probes = try lab.makeProbes()
        let names = Lab.names
        let aims = [(0, 1), (1, 0), (0, 2)].map { from, to in
          let ends = [from, to].compactMap {
            IPAddress(text: isIPv6 ? "fd00::\($0 + 1)" : "10.0.0.\($0 + 1)")
          }
          var packet = ProbePacket(from: ends[0], to: ends[1], transport: .tcp, port: 8000)
          packet.acknowledges = true
          return ProbeAim(from: names[from], to: names[to], as: .packet(packet))
        }
        func seen(_ limit: Duration) throws -> [[Int]] {
          try probes.probe(aims, count: 2, within: limit).map { answer in
            answer.results.flatMap { [$0.arrivedCount, $0.resetCount] }
          }
        }
        let arePassing = try eventually { try seen(.seconds(1)) == [[2, 0], [2, 0], [2, 0]] }
        #expect(arePassing)
        reset(lab)
        #expect(try seen(.seconds(2)) == [[0, 2], [0, 2], [2, 0]])
        lab.fabric.lift("reset")
        #expect(try seen(.seconds(2)) == [[2, 0], [2, 0], [2, 0]])
      }
    }
  }
}

extension Socket {
  /// Whether the kernel took it.
  fileprivate func say(_ bytes: [UInt8]) -> Bool {
    Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// Of its own end.
  fileprivate var localPort: UInt16? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return result == 0 ? UInt16(bigEndian: address.sin_port) : nil
  }

  /// The next byte; an error's number below zero, -1000 for the end.
  fileprivate func hear() -> Int32 {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, 0)
    return count > 0 ? Int32(byte) : count == 0 ? -1000 : -errno
  }
}
