import Basics
import Fabric
import Glibc
import Links
import Linux

/// A thousand million bytes over TCP while the policies change: every byte is looked at, and all
/// counters must agree with each other and with the receiving kernels'.
enum SoakBench {
  private static let byteCount = 1_000_000_000
  /// Not a divisor of anything, so that what is moved is noticed.
  private static let period = 1_048_573

  static func run() {
    guard let testbed = Testbed.make() else { return }
    let seed = UInt64.random(in: 1...1_000_000)
    print("  seed \(seed)")
    let start = MonotonicClock.nanoseconds
    let isOver = StopFlag()
    let weather = testbed.bystander.start { [fabric = testbed.fabric] in
      change(fabric, seed: seed, until: isOver)
    }
    let right = transfer(testbed)
    let seconds = Double(MonotonicClock.nanoseconds - start) / 1e9
    isOver.raise()
    let changes = weather.wait()
    Row.print(
      "soak: bytes that arrived as they were sent", "\(right)",
      "\(changes) policies, \(Row.decimal(seconds, 0)) s", aim: "\(byteCount)")
    let wrong = disagreements(testbed)
    Row.print("soak: counters that disagree", "\(wrong.count)", aim: "0")
    for sentence in wrong { print("  (\(sentence))") }
    testbed.end()
  }

  /// Replaces one of three policies every few milliseconds; how often.
  private static func change(_ fabric: Switch, seed: UInt64, until isOver: StopFlag) -> Int {
    var chance = Chance(seed: seed)
    var count = 0
    let both = Path.between(["source"], ["target"])
    while !isOver.isRaised {
      let name = "soak \(chance.next() % 3)"
      if chance.roll(Ratio(0.4)) {
        fabric.lift(name)
      } else {
        fabric.impair(name, chance.roll(Ratio(0.5)) ? both : Testbed.path, weather(&chance))
      }
      count += 1
      usleep(useconds_t(2000 + chance.next() % 30_000))
    }
    for number in 0..<3 { fabric.lift("soak \(number)") }
    return count
  }

  private static func weather(_ chance: inout Chance) -> Impairment {
    var impairment = Impairment()
    switch chance.next() % 8 {
    case 0: impairment.loss = Ratio(0.002)
    case 1: impairment.delay = .microseconds(Int(chance.next() % 3000))
    case 2: impairment.jitter = .microseconds(Int(chance.next() % 500))
    case 3: impairment.duplication = Ratio(0.01)
    case 4: impairment.reordering = Ratio(0.005)
    case 5: impairment.corruption = Ratio(0.001)
    case 6: impairment.rateBitsPerSecond = 100_000_000 + Int(chance.next() % 2_000_000_000)
    default: impairment.isCut = chance.roll(Ratio(0.3))
    }
    return impairment
  }

  /// Sends the pattern; how many bytes arrived before one was wrong.
  private static func transfer(_ testbed: Testbed) -> Int {
    let port = BenchTraffic.nextPort()
    let listener = testbed.target.run { BenchTraffic.listen(port) }
    let receiving = testbed.target.start { receive(listener) }
    testbed.source.run { send(port) }
    return receiving.wait()
  }

  private static let pattern = (0..<2 * period).map {
    UInt8(truncatingIfNeeded: $0 % period &* 31 >> 3)
  }

  private static func send(_ port: UInt16) {
    let descriptor = BenchTraffic.connect(Testbed.fabricHost, port)
    var sent = 0
    pattern.withUnsafeBytes { bytes in
      while sent < byteCount {
        let offset = sent % period
        let count = min(period - offset, byteCount - sent)
        let answer = Glibc.send(
          descriptor, bytes.baseAddress! + offset, count, Int32(MSG_NOSIGNAL))
        guard answer > 0 else { break }
        sent += answer
      }
    }
    shutdown(descriptor, Int32(SHUT_WR))
    // Until the other side has it all.
    var byte: UInt8 = 0
    _ = recv(descriptor, &byte, 1, 0)
    close(descriptor)
  }

  private static func receive(_ listener: Int32) -> Int {
    let descriptor = accept(listener, nil, nil)
    close(listener)
    defer { close(descriptor) }
    var block = [UInt8](repeating: 0, count: period)
    var total = 0
    while true {
      let count = recv(descriptor, &block, block.count, 0)
      guard count > 0 else { return total }
      let isRight = pattern.withUnsafeBytes { bytes in
        memcmp(bytes.baseAddress! + total % period, block, count) == 0
      }
      guard isRight else { return total }
      total += count
    }
  }

  /// What does not add up once nothing is under way any more.
  private static func disagreements(_ testbed: Testbed) -> [String] {
    var sentences: [String] = []
    for attempt in 0..<100 {
      sentences = []
      guard let counters = try? testbed.fabric.counters() else { return ["no counters"] }
      let received = testbed.receivedBytes
      for (index, (from, to)) in [("source", "target"), ("target", "source")].enumerated() {
        let pair = counters.counters(from: NodeID(from), to: NodeID(to))
        let (came, went) = (
          pair.offeredFrames + pair.duplicatedFrames, pair.passedFrames + pair.dropped.total
        )
        if came != went { sentences.append("\(from) to \(to): \(came) came, \(went) went") }
        if pair.dropped.overflow > 0 { sentences.append("\(pair.dropped.overflow) had no room") }
        let bytes = counters.pairs.filter { $0.target == NodeID(to) }
          .reduce(0) { $0 + Int($1.counters.passedBytes) }
        let kernel = received[index]
        if bytes != kernel { sentences.append("\(to): \(bytes) bytes passed, \(kernel) received") }
      }
      if sentences.isEmpty { break }
      if attempt < 99 { usleep(50_000) }
    }
    return sentences
  }
}

extension Testbed {
  /// What the kernels at both ends have received since the devices were made, by target and source.
  fileprivate var receivedBytes: [Int] {
    [target, source].map { $0.counters(of: "eth0").receivedBytes }
  }
}
