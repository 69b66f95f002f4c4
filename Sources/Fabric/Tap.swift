internal import CLinux
internal import Linux
public import Basics
internal import Packets

/// One end of a virtual cable: the device stands in a node's network namespace, this is the end
/// that the fabric holds. Closing it removes the device, unless it was made persistent.
public struct Tap: ~Copyable, Sendable {
  /// What the kernel may leave for the fabric to do.
  public enum Offload: Int32, Sendable {
    /// Every frame is whole and its checksum finished: what an old network card would be given.
    case none
    /// Every frame is whole, its checksum may be open.
    case checksum
    /// Packets of up to 64 KiB that nobody has cut into frames.
    case segments
  }

  private let owned: Descriptor

  /// The number of the descriptor, while this owner lives.
  var descriptor: Int32 { owned.raw }

  /// Makes the device in the *calling thread's* network namespace, with full offload. It is down
  /// and has no address; both are for the node's own configuration.
  public static func open(name: String) throws(FabricError) -> Tap {
    let descriptor = try checked(
      unsafe name.withCString { unsafe cl_tap_open($0) }, "open the TAP device \(name)")
    let tap = Tap(descriptor: Int32(descriptor))
    try tap.setOffload(.segments)
    return tap
  }

  /// Owns a descriptor from which frames are read one by one, each behind its offload header.
  init(descriptor: Int32) { owned = Descriptor(owning: descriptor) }

  /// Plugs the cable in or out: without a carrier the node sees its link down.
  public borrowing func setCarrier(isOn: Bool) throws(FabricError) {
    _ = try checked(cl_tap_set_carrier(descriptor, isOn ? 1 : 0), "set a TAP's carrier")
  }

  /// Changes what the kernel may leave undone; connections live on.
  public borrowing func setOffload(_ offload: Offload) throws(FabricError) {
    _ = try checked(
      cl_tap_set_offload(descriptor, offload.rawValue), "set a TAP's offload")
  }

  /// A persistent device outlives its descriptor and goes with its namespace. Removing a live
  /// device waits for the kernel's grace periods, some 30 ms each; a namespace that goes takes
  /// all of its devices at once.
  public borrowing func setPersistent(_ isPersistent: Bool) throws(FabricError) {
    _ = try checked(
      cl_tap_set_persistent(descriptor, isPersistent ? 1 : 0), "make a TAP persistent")
  }

  /// The hardware address of the device.
  public borrowing func address() throws(FabricError) -> MAC {
    var bytes: [UInt8] = [0, 0, 0, 0, 0, 0]
    _ = try checked(
      unsafe cl_tap_get_address(descriptor, &bytes), "read a TAP's hardware address")
    return unsafe MAC(reading: bytes.span.bytes, at: 0)
  }

  /// Gives the device another hardware address.
  public borrowing func setAddress(_ address: MAC) throws(FabricError) {
    _ = try checked(
      unsafe cl_tap_set_address(descriptor, address.bytes), "set a TAP's hardware address")
  }
}
