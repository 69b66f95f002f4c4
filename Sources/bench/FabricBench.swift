import Fabric
import Glibc
import Links
import Linux
import Synchronization

/// The fabric beside a veth pair and bridge, in interleaved rounds of one run.
enum FabricBench {
  static func run() {
    guard let testbed = Testbed.make() else { return }
    explain(testbed)
    FabricThroughput(testbed).run()
    FabricTiming(testbed).run()
    testbed.end()
  }

  /// Says what is compared, for a ratio means nothing without it.
  private static func explain(_ testbed: Testbed) {
    let own = BenchTraffic.congestionControl(at: testbed.source)
    let plain = BenchTraffic.plainCongestionControl
    print("  against a veth pair and kernel bridge, measured right before each figure;")
    print("  throughput: one stream of 0.7 s, MTU 1500, \(plain) (the machine's own: \(own)),")
    print(
      "  threads where the scheduler puts them, \(FabricThroughput.rounds) rounds after a warm-up:")
    print("  the median ratio, and in brackets the least and the greatest;")
    print("  round trip: one byte, source and target each on a processor of its own;")
    print("  FAULTLINE_FABRIC_PROTOTYPE=PROGRAM measures another switch in the same rounds")
  }
}
