import Synchronization
import Testing

@testable import twosite_store

/// Store time, on the replica that leads and on the others.
@Suite struct StoreClockTests {
  private final class Ticks: Sendable {
    private let milliseconds = Mutex<UInt64>(1000)

    var now: UInt64 { milliseconds.withLock { $0 } }
    func pass(_ time: UInt64) { milliseconds.withLock { $0 += time } }
    func goBack(_ time: UInt64) { milliseconds.withLock { $0 -= time } }
  }

  private let ticks = Ticks()
  private let clock: StoreClock

  init() {
    clock = StoreClock { [ticks] in ticks.now }
  }

  /// One that has run for longer than the leader is not ahead of it when it leads next.
  @Test func whoFollowsGoesOnFromWhatWasApplied() {
    ticks.pass(70)
    clock.follow(10)
    #expect(clock.now == 10)
    ticks.pass(5)
    clock.follow(10)
    #expect(clock.now == 15)
    clock.follow(12)
    #expect(clock.now == 12)
    ticks.pass(5)
    clock.lead(from: 12)
    #expect(clock.now == 17)
  }

  @Test func whoLeadsNeverGoesBack() {
    ticks.pass(70)
    clock.lead(from: 10)
    #expect(clock.now == 70)
    clock.lead(from: 90)
    #expect(clock.now == 90)
    ticks.goBack(50)
    #expect(clock.now == 90)
    ticks.pass(5)
    #expect(clock.now == 95)
  }
}
