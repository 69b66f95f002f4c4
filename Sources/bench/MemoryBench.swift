import Basics
import Fabric
import Glibc
import Links
import Linux

/// What the switch holds at most, and that it says what it could not hold.
enum MemoryBench {
  static func run() {
    guard let testbed = Testbed.make() else { return }
    let before = resident()
    testbed.fabric.impair("bench", Testbed.path, .delay(.seconds(1)))
    let packets = testbed.source.run {
      let sender = Datagrams(to: Testbed.fabricHost, port: 9101, segmentBytes: 1400)
      let bytes = [UInt8](repeating: 7, count: 44 * 1400)
      let end = MonotonicClock.nanoseconds + 3_000_000_000
      var count = 0
      while MonotonicClock.nanoseconds < end {
        sender.send(bytes)
        count += 1
      }
      return count
    }
    let grown = Double(resident() - before) / Double(1 << 20)
    testbed.fabric.lift("bench")
    let counters = try? testbed.fabric.counters().counters(from: "source", to: "target")
    let dropped = counters?.dropped.overflow ?? 0
    Row.print(
      "memory: a delay of 1 s at full rate, memory grown by", "\(Row.decimal(grown, 0)) MiB",
      "\(ByteCount.text(Switch.usualMemoryBytes)) of frames", aim: "<= 560 MiB")
    Row.print(
      "memory: frames that the fabric dropped itself, and counted", "\(dropped)",
      "of \(counters?.offeredFrames ?? 0)", aim: "counted")
    print("  (\(packets) packets of 44 frames were sent in 3 s)")
    testbed.end()
  }

  /// Bytes of this process in memory.
  private static func resident() -> Int {
    let pages = (try? Files.read("/proc/self/statm"))?.split(separator: " ").dropFirst().first
    return (pages.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
