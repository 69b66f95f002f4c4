import Basics
import Fabric
import Glibc
import Links
import Linux

/// What is asked of a link beside what is measured on it, by kernels and clocks that are not the fabric's.
struct AccuracyBench {
  private let testbed: Testbed
  /// Open, so that nobody is told that nobody listens.
  private let drain: Ready
  private static let path = Testbed.path

  static func run() {
    guard let testbed = Testbed.make() else { return }
    print("  requested against measured at the receiver; what a clean link takes is subtracted")
    print("  from delays; loss: by the receiving kernel's counters, the same frames for one seed")
    let drain = testbed.target.run { Ready(Datagrams(at: 9101, patience: 1)) }
    let bench = AccuracyBench(testbed: testbed, drain: drain)
    bench.delays()
    bench.losses()
    bench.rates()
    testbed.end()
  }

  private func delays() {
    var worst = 0.0
    for milliseconds in [1, 2, 5, 10, 20, 50, 100] {
      let clean = medianOneWay(count: 300)
      testbed.fabric.impair("bench", Self.path, .delay(.milliseconds(milliseconds)))
      let held = medianOneWay(count: 300)
      testbed.fabric.lift("bench")
      let measured = (held - clean) / 1e6
      worst = max(
        worst, report("delay of \(milliseconds) ms", Double(milliseconds), measured, "ms"))
    }
    Row.print("accuracy: delay 1-100 ms, the worst error", Row.percent(worst), aim: "<= 3 %")
  }

  /// Nanoseconds from before a datagram is sent until the receiver's kernel has it.
  private func medianOneWay(count: Int) -> Double {
    let listening = testbed.target.run { Ready(Datagrams(at: 9100, patience: 1)) }
    let receiving = testbed.target.start {
      var times: [Double] = []
      while times.count < count, let (sent, at) = listening.socket.receive() {
        times.append(Double(at - sent))
      }
      return Row.median(times)
    }
    testbed.source.run {
      let sender = Datagrams(to: Testbed.fabricHost, port: 9100)
      for _ in 0..<count {
        sender.send(MonotonicClock.nanoseconds)
        usleep(1000)
      }
    }
    return receiving.wait()
  }

  private func losses() {
    var worst = 0.0
    for share in [0.001, 0.003, 0.01, 0.03, 0.1, 0.3] {
      // So many that chance alone stays three standard deviations below the aim.
      let frames = Int(10_000 / share * (1 - share)) + 100_000
      testbed.fabric.impair("bench", Self.path, .loss(Ratio(share)))
      let measured = lostShare(of: frames)
      testbed.fabric.lift("bench")
      worst = max(worst, report("loss of \(Row.percent(share))", share * 100, measured * 100, "%"))
    }
    Row.print("accuracy: loss 0.1-30 %, the worst error", Row.percent(worst), aim: "<= 3 %")
  }

  /// Frames that the device cuts from packets of sixty, so that millions take seconds.
  private func lostShare(of frames: Int) -> Double {
    let (perPacket, batch, payload, headers) = (60, 25, 200, 42)
    let packets = frames / perPacket
    let fabric = testbed.fabric
    let before = testbed.target.counters(of: "eth0")
    let offered = Self.offered(fabric)
    let isWhole = testbed.source.run {
      let sender = Datagrams(to: Testbed.fabricHost, port: 9101, segmentBytes: Int32(payload))
      let bytes = [UInt8](repeating: 7, count: perPacket * payload)
      for packet in 1...packets {
        sender.send(bytes)
        // A device's queue holds some four thousand, and nobody counts what finds it full.
        guard packet % batch == 0 || packet == packets else { continue }
        let expected = offered + (packet == packets ? packets : packet - batch) * perPacket
        guard Self.wait(until: { Self.offered(fabric) >= expected }) else { return false }
      }
      return true
    }
    guard isWhole else {
      print("  (not measured: frames were lost on their way to the fabric)")
      return .nan
    }
    let after = testbed.target.counters(of: "eth0")
    let bytes = after.receivedBytes - before.receivedBytes
    let arrived = (bytes - headers * (after.receivedPackets - before.receivedPackets)) / payload
    return 1 - Double(arrived) / Double(packets * perPacket)
  }

  private static func offered(_ fabric: Switch) -> Int {
    let counters = try? fabric.counters().counters(from: "source", to: "target")
    return Int(counters?.offeredFrames ?? 0)
  }

  /// False where a condition does not come to hold within ten seconds.
  private static func wait(until condition: () -> Bool) -> Bool {
    let end = MonotonicClock.nanoseconds + 10_000_000_000
    while !condition() {
      guard MonotonicClock.nanoseconds < end else { return false }
      usleep(100)
    }
    return true
  }

  private func rates() {
    var worst = 0.0
    for megabits in [1, 10, 100, 1000] {
      var impairment = Impairment()
      impairment.rateBitsPerSecond = megabits * 1_000_000
      testbed.fabric.impair("bench", Self.path, impairment)
      let measured = passedRate(megabits: megabits)
      testbed.fabric.lift("bench")
      worst = max(worst, report("rate of \(megabits) Mbit/s", Double(megabits), measured, "Mbit/s"))
    }
    Row.print("accuracy: rate 1-1000 Mbit/s, the worst error", Row.percent(worst), aim: "<= 3 %")
  }

  /// Megabits a second of whole frames that arrive while twice as many are sent.
  private func passedRate(megabits: Int) -> Double {
    let seconds = megabits < 10 ? 6.0 : 2
    let payload = 1458
    // So many at a time that the sender is not what is measured.
    let batch = megabits < 100 ? 1 : 40
    let end = MonotonicClock.nanoseconds + Int64((seconds + 0.6) * 1e9)
    let flooding = testbed.source.start {
      let sender = Datagrams(
        to: Testbed.fabricHost, port: 9101, segmentBytes: batch > 1 ? Int32(payload) : nil)
      let bytes = [UInt8](repeating: 7, count: batch * payload)
      let gap = Int64(Double(batch * payload * 8) / (Double(megabits) * 2e6) * 1e9)
      var next = MonotonicClock.nanoseconds
      while next < end {
        sender.send(bytes)
        next += gap
        let ahead = next - MonotonicClock.nanoseconds
        if ahead > 200_000 { usleep(useconds_t(ahead / 1000)) }
      }
    }
    usleep(400_000)
    let first = (testbed.target.counters(of: "eth0"), MonotonicClock.nanoseconds)
    usleep(useconds_t(seconds * 1e6))
    let last = (testbed.target.counters(of: "eth0"), MonotonicClock.nanoseconds)
    flooding.wait()
    let bytes = last.0.receivedBytes - first.0.receivedBytes
    return Double(bytes * 8) / Double(last.1 - first.1) * 1e3
  }

  /// How far off it is, as a share of what was requested.
  private func report(
    _ name: String, _ requested: Double, _ measured: Double, _ unit: String
  ) -> Double {
    let error = measured.isNaN ? .infinity : abs(measured - requested) / requested
    Row.print(
      "  \(name)", "\(Row.decimal(measured, 3)) \(unit)", Row.percent(error), aim: "<= 3 %")
    return error
  }
}

/// Carries a socket from where it was opened to where it is used.
final class Ready: @unchecked Sendable {
  let socket: Datagrams

  init(_ socket: Datagrams) { self.socket = socket }
}
