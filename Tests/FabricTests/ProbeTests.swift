import Basics
import Glibc
import Links
import Linux
import Testing

@testable import Fabric

extension OnTheMachine {
  /// Nobody but the probes themselves says anything in these labs.
  @Suite struct ProbeTests {
    private static let there: [(source: NodeID, target: NodeID)] = [("a", "b")]
    private static let both: [(source: NodeID, target: NodeID)] = [("a", "b"), ("b", "a")]
    private static let path = [Path(from: ["a"], to: ["b"])]

    private func arrivals(_ answers: [PathProbeAnswer]) -> [Int] {
      answers.map { $0.results.reduce(0) { $0 + $1.arrivedCount } }
    }

    @Test func onACleanLinkAllArrive() throws {
      try Lab.with(nodes: 3) { lab in
        let probes = try lab.makeProbes()
        let answers = try probes.probe(Self.both, count: 5, within: .seconds(10))
        #expect(arrivals(answers) == [5, 5])
        let result = try #require(answers[0].results.first)
        #expect(result.source == "a" && result.target == "b" && result.segment == Lab.segment)
        #expect(result.probes.allSatisfy { $0.isTaken } && !result.isUnsure && !result.isSilent)
        #expect(try #require(result.fastest) < .seconds(5))
      }
    }

    @Test func aCutIsSeenThoughNobodyElseSpeaks() throws {
      try Lab.with { lab in
        let probes = try lab.makeProbes()
        #expect(arrivals(try probes.probe(Self.both, count: 3, within: .seconds(10))) == [3, 3])
        lab.fabric.impair("partition", Self.path, .cut)
        let oneWay = try probes.probe(Self.both, count: 3, within: .milliseconds(200))
        #expect(arrivals(oneWay) == [0, 3])
        #expect(oneWay[0].results.map(\.isSilent) == [true])
        #expect(try lab.fabric.probeCounters().counters(from: "a", to: "b").dropped.cut == 3)
        lab.fabric.impair("partition", Path.between(["a"], ["b"]), .cut)
        let answers = try probes.probe(
          along: Path.between(["a"], ["b"]), count: 3, within: .milliseconds(200))
        #expect(arrivals(answers) == [0, 0])
        lab.fabric.lift("partition")
        #expect(arrivals(try probes.probe(Self.both, count: 3, within: .seconds(10))) == [3, 3])
      }
    }

    @Test func aDelayIsNeverSaidToBeLongerThanItIs() throws {
      try Lab.with { lab in
        let probes = try lab.makeProbes()
        lab.fabric.impair("wan", Self.path, .delay(.milliseconds(50)))
        let answers = try probes.probe(Self.both, count: 20, within: .seconds(10))
        #expect(arrivals(answers) == [20, 20])
        let times = answers[0].results.flatMap(\.probes).compactMap(\.oneWay).sorted()
        // A probe is stamped once it is sent, and the thread may be held up before it stamps; not
        // every time.
        #expect(try #require(times.last) > .milliseconds(45), "\(times)")
        // Each was held as long in the switch, which tells how long the way was at least.
        let held = try lab.fabric.probeCounters().counters(from: "a", to: "b").held
        #expect(try #require(held.minimum) >= .milliseconds(50))
        let back = answers[1].results.compactMap(\.fastest)
        #expect(try #require(back.first) < .milliseconds(50))
      }
    }

    @Test(arguments: [1, 2] as [UInt64]) func aLossTakesItsShare(seed: UInt64) throws {
      try Lab.with(seed: seed) { lab in
        let probes = try lab.makeProbes()
        lab.fabric.impair("loss", Self.path, .loss(Ratio(0.3)))
        let count = 400
        let answers = try probes.probe(
          Self.there, count: count, spacing: .microseconds(500), within: .milliseconds(500))
        let result = try #require(answers[0].results.first)
        #expect(abs(Double(result.missingCount) - 120) <= 5 * (400 * 0.3 * 0.7).squareRoot())
        let counted = try lab.fabric.probeCounters().counters(from: "a", to: "b")
        #expect(counted.dropped.loss == UInt64(result.missingCount) && !result.isUnsure)
      }
    }

    @Test func whatIsDamagedHasNotArrivedAndACopyCountsOnce() throws {
      try Lab.with { lab in
        let probes = try lab.makeProbes()
        lab.fabric.impair("noise", Self.path, with { $0.corruption = .all })
        #expect(
          arrivals(try probes.probe(Self.there, count: 5, within: .milliseconds(200))) == [0])
        lab.fabric.impair("noise", Self.path, with { $0.duplication = .all })
        let copied = try probes.probe(Self.there, count: 5, within: .seconds(10))
        #expect(arrivals(copied) == [5])
        // The last copy may come when nobody waits any more.
        #expect((4...5).contains(copied[0].results[0].copyCount))
      }
    }

    @Test func aLargeProbeFindsTheBlackHole() throws {
      try Lab.with { lab in
        let probes = try lab.makeProbes()
        lab.fabric.impair("tunnel", Self.path, with { $0.largestPacket = 1000 })
        func arrived(_ bytes: Int, _ limit: Duration) throws -> [Int] {
          arrivals(try probes.probe(Self.there, count: 2, bytes: bytes, within: limit))
        }
        #expect(try arrived(60, .seconds(10)) == [2])
        #expect(try arrived(1014, .seconds(10)) == [2])
        #expect(try arrived(1015, .milliseconds(200)) == [0])
        let counted = try lab.fabric.probeCounters().counters(from: "a", to: "b")
        #expect(counted.dropped.size == 2)
      }
    }

    @Test func aReorderedProbeIsOvertaken() throws {
      try Lab.with { lab in
        let probes = try lab.makeProbes()
        func overtaking() throws -> Int {
          try probes.probe(
            Self.there, count: 200, spacing: .microseconds(100), within: .seconds(10))[0]
            .results[0].overtakingCount
        }
        #expect(try overtaking() == 0)
        lab.fabric.impair(
          "mix", Self.path,
          with {
            $0.reordering = Ratio(0.3)
            $0.reorderingGap = .milliseconds(5)
          })
        #expect(try overtaking() > 5)
      }
    }

    @Test func nothingArrivesAtAMachineWithoutPowerOrCable() throws {
      try Lab.with { lab in
        let probes = try lab.makeProbes()
        lab.fabric.setPower(of: "b", isOn: false)
        let off = try probes.probe(Self.both, count: 2, within: .milliseconds(200))
        #expect(arrivals(off) == [0, 0])
        lab.fabric.setPower(of: "b", isOn: true)
        try lab.fabric.setCarrier(of: "a", isOn: false)
        let unplugged = try probes.probe(Self.both, count: 2, within: .milliseconds(200))
        #expect(arrivals(unplugged) == [0, 0])
        try lab.fabric.setCarrier(of: "a", isOn: true)
        #expect(
          try eventually {
            arrivals(try probes.probe(Self.both, count: 1, within: .milliseconds(200))) == [1, 1]
          })
        try lab.places[0].shell("ip link set eth0 down")
        let down = try probes.probe(Self.there, count: 2, within: .milliseconds(200))
        #expect(down[0].results.flatMap(\.probes).allSatisfy { !$0.isTaken && $0.arrived == nil })
        try lab.places[0].shell("ip link set eth0 up")
        #expect(
          try eventually {
            arrivals(try probes.probe(Self.both, count: 1, within: .milliseconds(200))) == [1, 1]
          })
      }
    }

    @Test func probesAreNoTraffic() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let file = "/tmp/faultline-probes-\(getpid()).pcapng"
        defer { unlink(file) }
        let (plain, whole) = (file + ".plain", file)
        defer { unlink(plain) }
        let without = try Capture(path: plain, clock: lab.fabric.clock)
        let with = try Capture(
          path: whole, filter: CaptureFilter(keepsProbes: true), clock: lab.fabric.clock)
        for capture in [without, with] { lab.fabric.add(capture) }
        let probes = try lab.makeProbes()
        #expect(arrivals(try probes.probe(Self.both, count: 4, within: .seconds(10))) == [4, 4])
        lab.fabric.impair("partition", Self.path, .cut)
        _ = try probes.probe(Self.there, count: 4, within: .milliseconds(100))
        #expect(try lab.counters(0, 1) == lab.counters(0, 1).since(lab.counters(0, 1)))
        #expect(try lab.counters(0, 1).dropped.total == 0)
        let counted = try lab.fabric.probeCounters().counters(from: "a", to: "b")
        #expect(counted.passedFrames == 4 && counted.dropped.cut == 4)
        for capture in [without, with] { lab.fabric.remove(capture) }
        #expect(without.close().writtenFrames == 0)
        #expect(with.close().writtenFrames == 12)
      }
    }

    @Test func severalThreadsMayProbeAtOnce() throws {
      try Lab.with(nodes: 3) { lab in
        let probes = try lab.makeProbes()
        let pairs: [(source: NodeID, target: NodeID)] = [("a", "b"), ("b", "c"), ("c", "a")]
        let results = pairs.map { _ in Latch<[Int]>() }
        let threads = try zip(pairs, results).map { pair, result in
          try Linux.Thread(named: "prober") {
            let answers = try? probes.probe([pair, pair], count: 20, within: .seconds(10))
            result.set((answers ?? []).map { $0.results.reduce(0) { $0 + $1.arrivedCount } })
          }
        }
        for thread in threads { thread.join() }
        #expect(results.map(\.current) == [[20, 20], [20, 20], [20, 20]])
      }
    }

    @Test func strangersAndASegmentThatIsNotSharedAreSaid() throws {
      try Lab.with { lab in
        let probes = try lab.makeProbes()
        #expect(probes.places.map(\.node) == ["a", "b"])
        let answers = try probes.probe(
          [("a", "z"), ("a", "a"), ("a", "b")], count: 1, within: .seconds(10))
        #expect(Array(answers[..<2]) == [.noCommonSegment, .noCommonSegment])
        #expect(arrivals(answers) == [0, 0, 1])
        let elsewhere = try probes.probe(Self.there, in: "wan", count: 1, within: .seconds(1))
        #expect(elsewhere == [.noCommonSegment])
      }
    }

    /// A policy about one segment is seen there and not in the other.
    @Test func eachSharedSegmentIsProbedByItself() throws {
      let segments: [SegmentID] = ["lan", "wan"]
      let fabric = try Switch(segments: segments, seed: 1, clock: RunClock())
      let probes = try PathProbes(clock: fabric.clock, nonce: 7)
      let places = try (0..<2).map { _ in try Place() }
      defer {
        fabric.stop()
        for place in places { place.leave() }
      }
      for (node, place) in zip(Lab.names, places) {
        for (number, segment) in segments.enumerated() {
          try place.plug(
            node, into: segment, of: fabric, interface: "eth\(number)", probes: probes)
        }
      }
      try fabric.start()
      let clean = try probes.probe(Self.there, count: 2, within: .seconds(10))
      #expect(clean[0].results.map(\.segment) == segments)
      #expect(clean[0].results.map(\.arrivedCount) == [2, 2])
      fabric.impair("cut", [Path(from: ["a"], to: ["b"], segment: "wan")], .cut)
      let cut = try probes.probe(Self.there, count: 2, within: .milliseconds(200))
      #expect(cut[0].results.map(\.arrivedCount) == [2, 0])
      #expect(cut[0].results.map(\.isSilent) == [false, true])
    }
  }
}

extension Lab {
  /// Sockets for probes on every node's interface.
  func makeProbes() throws -> PathProbes {
    let probes = try PathProbes(clock: fabric.clock, nonce: 42)
    for (name, place) in zip(Self.names, places) {
      try place.attach(probes, node: name, segment: Self.segment, interface: "eth0")
    }
    return probes
  }
}

extension Place {
  func attach(
    _ probes: PathProbes, node: NodeID, segment: SegmentID, interface: String
  ) throws {
    try run { () -> Result<Void, FabricError> in
      Result { () throws(FabricError) in
        try probes.attach(
          node: node, to: segment, socket: try ProbeSocket.open(interface: interface))
      }
    }.get()
  }

  /// A device that says nothing by itself, plugged in, with a socket for probes.
  func plug(
    _ node: NodeID, into segment: SegmentID, of fabric: Switch, interface: String,
    probes: PathProbes
  ) throws {
    let opened = run { () -> Result<TapBox, FabricError> in
      Result { () throws(FabricError) in TapBox(try Tap.open(name: interface)) }
    }
    try attach(probes, node: node, segment: segment, interface: interface)
    try shell("ip link set \(interface) addrgenmode none && ip link set \(interface) up")
    try fabric.attach(node: node, to: segment, tap: try opened.get().take())
  }
}
