internal import Basics
internal import CLinux
internal import Linux
internal import Packets

/// Where probes leave a node and arrive at it, by one of its interfaces: a raw socket for frames of our own
/// EtherType, which no other socket of the node gets, and others for packets that are like those of
/// servers.
public struct ProbeSocket: ~Copyable, Sendable {
  private let owned: Descriptor
  /// Hears packets with a trailer once it listens.
  private let trailers: Descriptor
  private let v4: Descriptor
  /// Nil where the kernel has no IPv6.
  private let v6: Descriptor?
  private let interface: String

  /// The numbers of the descriptors that probes are read from, while this owner lives.
  var descriptors: [Int32] { [owned.raw, trailers.raw] }

  /// Opens one in the *calling thread's* network namespace; the interface may still be down.
  public static func open(interface: String) throws(FabricError) -> ProbeSocket {
    let attempt = "open a socket for probes on \(interface)"
    let own = try checked(unsafe cl_probe_open(interface, EtherType.probe.rawValue), attempt)
    let owned = Descriptor(owning: Int32(own))
    let (first, second) = ProbeTrailer.magic
    let trailers = try checked(
      cl_probe_open_trailers(UInt32(ProbeTrailer.byteCount), first, second), attempt)
    let listener = Descriptor(owning: Int32(trailers))
    let v4 = Descriptor(owning: Int32(try checked(cl_probe_open_sender(0), attempt)))
    let six = cl_probe_open_sender(1)
    return ProbeSocket(
      owned: owned, trailers: listener, v4: v4, v6: six < 0 ? nil : Descriptor(owning: six),
      interface: interface)
  }

  /// The hardware address that its interface has now.
  borrowing func address() throws(FabricError) -> MAC {
    var bytes: [UInt8] = [0, 0, 0, 0, 0, 0]
    _ = try checked(
      unsafe cl_probe_address(owned.raw, interface, &bytes),
      "read the hardware address of \(interface)")
    return unsafe MAC(reading: bytes.span.bytes, at: 0)
  }

  /// From now on packets with a trailer are heard, too; twice does no harm. Of no effect where the
  /// interface is down: then nothing arrives there anyway.
  borrowing func listenForTrailers() throws(FabricError) {
    _ = try checked(
      unsafe cl_probe_listen(trailers.raw, interface), "listen for probes on \(interface)")
  }

  /// False where the kernel did not take the frame: the interface is down, or has no carrier.
  borrowing func send(_ frame: [UInt8]) -> Bool {
    unsafe cl_probe_send(owned.raw, frame, frame.count) > 0
  }

  /// Has the node's kernel route an IP packet; false where it knew no way, or did not take it.
  borrowing func send(packet: [UInt8], to target: IPAddress) -> Bool {
    switch target.family {
    case .v4:
      return unsafe cl_probe_send_packet(v4.raw, packet, packet.count, target.bytes, 0) > 0
    case .v6:
      switch v6 {
      case .some(let v6):
        return unsafe cl_probe_send_packet(v6.raw, packet, packet.count, target.bytes, 1) > 0
      case .none: return false
      }
    }
  }

  /// A probe that arrived.
  struct Arrival {
    /// Nil where what arrived was damaged.
    let mark: ProbeTrailer?
    /// How long ago, in nanoseconds by the wall clock.
    let age: Int64
    /// Whether it is a reset of TCP.
    var isReset = false
  }

  /// The next probe; nil when none has arrived.
  borrowing func receive() throws(FabricError) -> Arrival? {
    if let (bytes, age) = try Self.receive(from: owned) {
      let frame = unsafe ProbeFrame(reading: bytes.span.bytes)
      return Arrival(
        mark: frame.map { ProbeTrailer(nonce: $0.nonce, sequence: $0.sequence) }, age: age)
    }
    if let (bytes, age) = try Self.receive(from: trailers) {
      return unsafe Arrival(
        mark: ProbeTrailer(endOf: bytes.span.bytes), age: age,
        isReset: TransportFrame.isReset(bytes.span.bytes))
    }
    return nil
  }

  private static func receive(
    from socket: borrowing Descriptor
  ) throws(FabricError) -> ([UInt8], Int64)? {
    var bytes = [UInt8](repeating: 0, count: 2048)
    var age: Int64 = 0
    let count = try checked(
      unsafe cl_probe_receive(socket.raw, &bytes, bytes.count, &age), "receive a probe")
    return count > 0 ? (Array(bytes[..<count]), age) : nil
  }

  /// How many frames it had no room for since the last time.
  borrowing func takeOverflows() -> Int {
    max(0, cl_probe_take_overflows(owned.raw)) + max(0, cl_probe_take_overflows(trailers.raw))
  }
}
