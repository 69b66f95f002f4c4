import Basics
import Fabric
import Glibc
import Links
import Linux

/// Two places joined twice: by the fabric (10.0.0.x) and by veth pairs and a kernel bridge
/// (10.1.0.x), so that both are measured under the same load of the same minute.
struct Testbed {
  let source = Place()
  let target = Place()
  /// Plugged in only so that a policy can be about somebody else.
  let bystander = Place()
  let bridge = Place()
  let fabric: Switch

  static let fabricHost = "10.0.0.2"
  static let bridgeHost = "10.1.0.2"
  static let path = [Path(from: ["source"], to: ["target"])]

  /// Nil where the machine gives none; the reason is printed.
  static func make() -> Testbed? {
    guard geteuid() == 0, access("/dev/net/tun", R_OK | W_OK) == 0 else {
      print("  skipped, needs root and /dev/net/tun")
      return nil
    }
    do { return try Testbed() } catch {
      print("  not measured: \(error)")
      return nil
    }
  }

  func end() {
    for failure in fabric.stop() { print("  (\(failure))") }
  }

  private init() throws {
    fabric = try Switch(segments: ["lan"], seed: 1, clock: RunClock())
    for (index, (place, name)) in nodes.enumerated() {
      try plug(place, NodeID(name), "10.0.0.\(index + 1)/24")
    }
    try fabric.start()
    bridge.shell("ip link add br0 type bridge forward_delay 0 && ip link set br0 up")
    for (index, place) in [source, target].enumerated() {
      let port = "port\(index)"
      bridge.shell(
        "ip link add \(port) type veth peer name veth0 netns \(place.path)"
          + " && ip link set \(port) master br0 up")
      place.shell("ip addr add 10.1.0.\(index + 1)/24 dev veth0 && ip link set veth0 up")
    }
    // A kernel bridge passes nothing for its first second.
    sleep(2)
  }

  private var nodes: [(Place, String)] {
    [(source, "source"), (target, "target"), (bystander, "bystander")]
  }

  private func plug(_ place: Place, _ node: NodeID, _ address: String) throws {
    let opened = place.run { TapBox { () throws(FabricError) in try Tap.open(name: "eth0") } }
    place.shell("ip addr add \(address) dev eth0 && ip link set eth0 up")
    try fabric.attach(node: node, to: "lan", tap: opened.take())
  }
}

/// Carries a TAP out of the thread that opened it.
private final class TapBox: @unchecked Sendable {
  private var tap: Tap?
  private var failure: FabricError?

  init(_ open: () throws(FabricError) -> Tap) {
    do throws(FabricError) { tap = try open() } catch { failure = error }
  }

  func take() throws(FabricError) -> Tap {
    if let failure { throw failure }
    return tap.take()!
  }
}
