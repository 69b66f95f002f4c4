internal import CLinux
internal import Glibc
internal import Linux

/// What the switch's thread waits on: its ports, and a bell that other threads ring.
final class Poller: Sendable {
  /// What the bell is called among the tokens; ports are called by their numbers.
  static let bell = UInt32.max

  private let poll: Int32
  private let wakeup: Int32

  init() throws(FabricError) {
    poll = Int32(try checked(clinux_poll_create(), "create an epoll"))
    let bell = clinux_wakeup_create()
    guard bell >= 0 else {
      Glibc.close(poll)
      throw .refused(Errno(-bell, "create an eventfd"))
    }
    wakeup = bell
    _ = try checked(clinux_poll_add(poll, wakeup, Self.bell), "watch an eventfd")
  }

  deinit {
    Glibc.close(wakeup)
    Glibc.close(poll)
  }

  func add(_ descriptor: Int32, port: Int) throws(FabricError) {
    _ = try checked(clinux_poll_add(poll, descriptor, UInt32(port)), "watch a TAP")
  }

  /// A descriptor that is gone is watched no more anyway.
  func remove(_ descriptor: Int32) { _ = clinux_poll_remove(poll, descriptor) }

  /// Wakes the thread that waits, from any other.
  func ring() { clinux_wakeup_signal(wakeup) }

  func clearBell() { clinux_wakeup_clear(wakeup) }

  /// Fills `tokens` with what is ready and answers how many; waits at most `nanoseconds`, without
  /// bound when negative.
  func wait(_ tokens: inout [UInt32], nanoseconds: Int64) -> Int {
    Int(
      max(0, unsafe clinux_poll_wait(poll, &tokens, Int32(tokens.count), nanoseconds)))
  }
}
