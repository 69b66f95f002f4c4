import Basics
import Glibc
import Links
import Packets
import Testing

@testable import Fabric

extension OnTheMachine {
  @Suite struct SwitchTests {
    @Test func theFirstPacketPasses() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        #expect(lab.countDatagrams(1, from: 0, to: 1) == 1)
        #expect(try lab.counters(0, 1).passedFrames == 1)
      }
    }

    @Test func tcpCrosses() throws {
      try Lab.with { lab in
        #expect(try lab.transfer(megabytes: 32) == 32 << 20)
        let passed = try lab.counters(0, 1)
        #expect(passed.passedBytes > 32 << 20)
        #expect(passed.passedFrames > 32 << 20 / 1514)
        #expect(passed.dropped.total == 0)
      }
    }

    @Test func aCutDropsEverythingOneWay() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        lab.fabric.impair("partition", [Path(from: ["a"], to: ["b"])], .cut)
        lab.sendDatagrams(40, from: 0, to: 1)
        #expect(try eventually { try lab.counters(0, 1).dropped.cut == 40 })
        #expect(try lab.counters(0, 1).passedFrames == 0)
        #expect(lab.countDatagrams(20, from: 1, to: 0) == 20)
        #expect(lab.fabric.lift("partition"))
        #expect(lab.countDatagrams(20, from: 0, to: 1) == 20)
      }
    }

    @Test func aNodeWithoutPowerNeitherHearsNorSpeaks() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        lab.fabric.setPower(of: "b", isOn: false)
        lab.sendDatagrams(10, from: 0, to: 1)
        lab.sendDatagrams(10, from: 1, to: 0)
        #expect(try eventually { try lab.counters(0, 1).dropped.down == 10 })
        #expect(try eventually { try lab.counters(1, 0).dropped.down == 10 })
        lab.fabric.setPower(of: "b", isOn: true)
        #expect(lab.countDatagrams(10, from: 0, to: 1) == 10)
      }
    }

    @Test func delaysAddUpAndHealingRemovesExactlyOne() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let path = [Path(from: ["a"], to: ["b"])]
        lab.fabric.impair("wan", path, .delay(.milliseconds(20)))
        lab.fabric.impair("slow", path, .delay(.milliseconds(30)))
        #expect(lab.countDatagrams(20, from: 0, to: 1) == 20)
        let both = try lab.counters(0, 1)
        #expect(both.delayedFrames == 20)
        #expect(try #require(both.held.minimum) >= .milliseconds(50))
        #expect(try #require(both.held.minimum) < .milliseconds(500))
        lab.fabric.lift("slow")
        #expect(lab.countDatagrams(20, from: 0, to: 1) == 20)
        let one = try #require(try lab.counters(0, 1).held.minimum)
        #expect(one >= .milliseconds(20) && one < .milliseconds(50))
        #expect(try lab.counters(1, 0).delayedFrames == 0)
      }
    }

    @Test func whatIsUnderWayDoesNotCountForANewDelay() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let path = [Path(from: ["a"], to: ["b"])]
        lab.fabric.impair("wan", path, .delay(.milliseconds(100)))
        lab.sendDatagrams(5, from: 0, to: 1)
        #expect(eventually { lab.fabric.perform { $0.queue.count } == 5 })
        lab.fabric.impair("slow", path, .delay(.milliseconds(200)))
        #expect(try eventually { try lab.counters(0, 1).delayedFrames == 5 })
        #expect(try lab.counters(0, 1).held.minimum == nil)
        #expect(lab.countDatagrams(5, from: 0, to: 1) == 5)
        #expect(try #require(try lab.counters(0, 1).held.minimum) >= .milliseconds(300))
      }
    }

    @Test func healingADelayBringsForwardWhatIsUnderWay() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        lab.fabric.impair("slow", [Path(from: ["a"], to: ["b"])], .delay(.seconds(3600)))
        let listener = lab.places[1].run { Socket.udp(port: 7000) }
        lab.sendDatagrams(20, from: 0, to: 1)
        #expect(eventually { lab.fabric.perform { $0.queue.count } == 20 })
        lab.fabric.lift("slow")
        let numbers = lab.places[1].run { (0..<20).map { _ in listener.receive()?.first } }
        #expect(numbers == (0..<20).map { UInt8($0) })
        lab.places[1].run { listener.close() }
      }
    }

    @Test func whatIsUnderWayWhenTheCutComesIsLost() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        lab.fabric.impair("wan", [Path(from: ["a"], to: ["b"])], .delay(.milliseconds(300)))
        lab.sendDatagrams(5, from: 0, to: 1)
        lab.fabric.impair("partition", [Path(from: ["a"], to: ["b"])], .cut)
        #expect(try eventually { try lab.counters(0, 1).dropped.cut == 5 })
        #expect(try lab.counters(0, 1).passedFrames == 0)
      }
    }

    @Test func unicastReachesOnlyItsTargetAndMulticastReachesAll() throws {
      try Lab.with(nodes: 3) { lab in
        try lab.introduceAll()
        lab.sendDatagrams(1, from: 1, to: 0)
        lab.sendDatagrams(1, from: 2, to: 0)
        #expect(eventually { lab.fabric.isQuiet })
        let before = try lab.counters(0, 2).passedFrames
        lab.sendDatagrams(10, from: 0, to: 1)
        #expect(try eventually { try lab.counters(0, 1).passedFrames >= 10 && lab.fabric.isQuiet })
        #expect(try lab.counters(0, 2).passedFrames == before)
        try lab.places[0].shell("ip route add 224.0.0.0/4 dev eth0")
        lab.places[0].run {
          let socket = Socket.udp()
          socket.send([1], to: "224.0.0.18", 9)
          socket.close()
        }
        #expect(try eventually { try lab.counters(0, 2).passedFrames == before + 1 })
      }
    }

    @Test func theNodeSeesItsCarrierGoAndComeBackAndNothingPassesBetween() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        try lab.fabric.setCarrier(of: "a", isOn: false)
        let down = "ip link show eth0 | grep -q NO-CARRIER"
        #expect(eventually { (try? lab.places[0].shell(down)) != nil })
        let before = try lab.counters(1, 0)
        lab.sendDatagrams(5, from: 1, to: 0)
        #expect(try eventually { try lab.counters(1, 0).since(before).dropped.down == 5 })
        try lab.fabric.setCarrier(of: "a", isOn: true)
        #expect(eventually { (try? lab.places[0].shell("! \(down)")) != nil })
        #expect(lab.countDatagrams(1, from: 0, to: 1) == 1)
      }
    }

    @Test func stoppingLeavesNoDevice() throws {
      let lab = try Lab()
      #expect(lab.places[0].devices() == ["eth0", "lo"])
      try lab.places[0].shell("ip link show eth0 | grep -q 'qlen 4096'")
      #expect(lab.fabric.stop(.areRemoved) == [])
      #expect(eventually { lab.places.map { $0.devices() } == [["lo"], ["lo"]] })
      for place in lab.places { place.leave() }
    }

    @Test func aDeviceThatGoesAwayIsReportedAndTheOthersGoOn() throws {
      try Lab.with(nodes: 3) { lab in
        try lab.introduceAll()
        #expect(lab.fabric.vanishedPorts.isEmpty)
        try lab.places[2].shell("ip link del eth0")
        #expect(eventually { lab.fabric.vanishedPorts == [PortName(node: "c", segment: "lan")] })
        #expect(lab.countDatagrams(10, from: 0, to: 1) == 10)
      }
    }

    @Test func aNewDeviceTakesThePlaceOfAnOldOne() throws {
      try Lab.with { lab in
        #expect(try lab.transfer(megabytes: 1) == 1 << 20)
        let before = try lab.counters(0, 1).passedBytes
        lab.fabric.detach(node: "b")
        try lab.plug(1)
        #expect(try lab.transfer(megabytes: 1) == 1 << 20)
        #expect(try lab.counters(0, 1).passedBytes > before)
      }
    }

    @Test func whatIsNotThereIsAnError() throws {
      try Lab.with { lab in
        #expect(throws: FabricError.unknownPort(node: "z", segment: nil)) {
          try lab.fabric.setCarrier(of: "z", isOn: false)
        }
        #expect(throws: FabricError.unknownSegment("wan")) {
          try lab.fabric.counters(in: "wan")
        }
        #expect(!lab.fabric.lift("nothing"))
      }
    }
  }
}
