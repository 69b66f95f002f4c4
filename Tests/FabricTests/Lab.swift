import Basics
import Glibc
import Links
import Linux
import Packets
import Testing

@testable import Fabric

/// Everything that needs real devices, one test after the other: two cores are not many.
@Suite(.serialized, .enabled(if: Lab.isPossible, Lab.reason))
enum OnTheMachine {}

/// A few nodes on one segment, 10.0.0.1 and up, each in a namespace of its own.
struct Lab {
  let fabric: Switch
  let places: [Place]
  static let segment: SegmentID = "lan"
  static let names: [NodeID] = ["a", "b", "c"]

  /// Real devices can be had: root (or a user namespace) and /dev/net/tun.
  static let isPossible = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0
  static let reason: Comment = "needs root and /dev/net/tun"

  static let hasIPv6 = access("/proc/sys/net/ipv6", F_OK) == 0

  init(nodes: Int = 2, seed: UInt64 = 1, isQuiet: Bool = true) throws {
    fabric = try Switch(segments: [Self.segment], seed: seed, clock: RunClock())
    places = try (0..<nodes).map { _ in try Place() }
    for index in 0..<nodes { try plug(index, isQuiet: isQuiet) }
    try fabric.start()
  }

  /// Opens the device, gives it an address and plugs it in. A quiet one says nothing by itself:
  /// no IPv6, so that a test can count frames.
  func plug(_ index: Int, isQuiet: Bool = true) throws {
    let opened = places[index].run { () -> Result<TapBox, FabricError> in
      do throws(FabricError) {
        let tap = try Tap.open(name: "eth0")
        try tap.setAddress(Self.mac(index))
        return .success(TapBox(tap))
      } catch {
        return .failure(error)
      }
    }
    let tap = try opened.get()
    let quiet = "ip link set eth0 addrgenmode none && "
    try places[index].shell(
      (isQuiet ? quiet : "") + "ip addr add 10.0.0.\(index + 1)/24 dev eth0 && ip link set eth0 up"
    )
    try fabric.attach(node: Self.names[index], to: Self.segment, tap: tap.take())
  }

  static func mac(_ index: Int) -> MAC { MAC(bits: 0x0200_0000_0001 + UInt64(index)) }

  /// Tells every node every other's hardware address, so that no ARP gets into the counting.
  func introduceAll() throws {
    for (index, place) in places.enumerated() {
      for other in places.indices where other != index {
        try place.shell("ip neigh replace 10.0.0.\(other + 1) lladdr \(Self.mac(other)) dev eth0")
      }
    }
  }

  func counters(_ from: Int, _ to: Int) throws -> PairCounters {
    try fabric.counters().counters(from: Self.names[from], to: Self.names[to])
  }

  func tearDown() {
    fabric.stop()
    for place in places { place.leave() }
  }

  /// Builds a lab, lends it to `body` and takes it down again whatever happens.
  static func with<Answer>(
    nodes: Int = 2, seed: UInt64 = 1, isQuiet: Bool = true, _ body: (Lab) throws -> Answer
  ) throws -> Answer {
    let lab = try Lab(nodes: nodes, seed: seed, isQuiet: isQuiet)
    defer { lab.tearDown() }
    return try body(lab)
  }
}

/// Carries a descriptor out of the thread that opened it.
final class TapBox: @unchecked Sendable {
  private var tap: Tap?

  init(_ tap: consuming Tap) { self.tap = consume tap }

  func take() -> Tap { tap.take()! }
}

/// Waits until a condition holds; false when it does not come to hold within ten seconds.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<2000 {
    if try condition() { return true }
    usleep(5000)
  }
  return try condition()
}
