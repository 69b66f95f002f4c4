internal import CLinux
internal import Linux

/// What the switch's thread waits on: its ports, and a bell that other threads ring.
final class Poller: Sendable {
  /// What the bell is called among the tokens; ports are called by their numbers.
  static let bell = UInt32.max

  private let poll: Descriptor
  private let wakeup: Descriptor

  init() throws(FabricError) {
    poll = Descriptor(owning: Int32(try checked(cl_poll_create(), "create an epoll")))
    wakeup = Descriptor(owning: Int32(try checked(cl_wakeup_create(), "create an eventfd")))
    _ = try checked(cl_poll_add(poll.raw, wakeup.raw, Self.bell), "watch an eventfd")
  }

  func add(_ descriptor: Int32, port: Int) throws(FabricError) {
    _ = try checked(cl_poll_add(poll.raw, descriptor, UInt32(port)), "watch a TAP")
  }

  /// A descriptor that is gone is watched no more anyway.
  func remove(_ descriptor: Int32) { _ = cl_poll_remove(poll.raw, descriptor) }

  /// Wakes the thread that waits, from any other.
  func ring() { cl_wakeup_signal(wakeup.raw) }

  func clearBell() { cl_wakeup_clear(wakeup.raw) }

  /// Fills `tokens` with what is ready and answers how many; waits at most `nanoseconds`, without
  /// bound when negative.
  func wait(_ tokens: inout [UInt32], nanoseconds: Int64) -> Int {
    Int(
      max(0, unsafe cl_poll_wait(poll.raw, &tokens, Int32(tokens.count), nanoseconds)))
  }
}
