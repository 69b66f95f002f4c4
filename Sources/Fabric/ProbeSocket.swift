internal import Basics
internal import CLinux
internal import Linux
internal import Packets

/// Where probes leave a node and arrive at it: a raw socket on one of its interfaces. The kernel
/// hands it frames of our own EtherType only, and no other socket of the node gets these.
public struct ProbeSocket: ~Copyable, Sendable {
  private let owned: Descriptor
  private let interface: String

  /// The number of the descriptor, while this owner lives.
  var descriptor: Int32 { owned.raw }

  /// Opens one in the *calling thread's* network namespace; the interface may still be down.
  public static func open(interface: String) throws(FabricError) -> ProbeSocket {
    let descriptor = try checked(
      unsafe cl_probe_open(interface, EtherType.probe.rawValue),
      "open a socket for probes on \(interface)")
    return ProbeSocket(owned: Descriptor(owning: Int32(descriptor)), interface: interface)
  }

  /// The hardware address that its interface has now.
  borrowing func address() throws(FabricError) -> MAC {
    var bytes: [UInt8] = [0, 0, 0, 0, 0, 0]
    _ = try checked(
      unsafe cl_probe_address(descriptor, interface, &bytes),
      "read the hardware address of \(interface)")
    return unsafe MAC(reading: bytes.span.bytes, at: 0)
  }

  /// False where the kernel did not take the frame: the interface is down, or has no carrier.
  borrowing func send(_ frame: [UInt8]) -> Bool {
    unsafe cl_probe_send(descriptor, frame, frame.count) > 0
  }

  /// The next frame and how long ago it arrived, in nanoseconds by the wall clock; nil when none
  /// has.
  borrowing func receive() throws(FabricError) -> (frame: ProbeFrame?, age: Int64)? {
    var bytes = [UInt8](repeating: 0, count: 2048)
    var age: Int64 = 0
    let count = try checked(
      unsafe cl_probe_receive(descriptor, &bytes, bytes.count, &age), "receive a probe")
    guard count > 0 else { return nil }
    return unsafe (ProbeFrame(reading: bytes.span.bytes.extracting(0..<count)), age)
  }

  /// How many frames it had no room for since the last time.
  borrowing func takeOverflows() -> Int { max(0, cl_probe_take_overflows(descriptor)) }
}
