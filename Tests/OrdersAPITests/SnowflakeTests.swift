import Synchronization
import ServiceGround
import Testing

@testable import orders_api

/// A clock that a test sets by hand.
final class HandClock: Sendable {
  let millisecond: Mutex<UInt64>
  init(_ start: UInt64) { millisecond = Mutex(start) }
  @Sendable func now() -> UInt64 { millisecond.withLock { $0 } }
  func set(_ value: UInt64) { millisecond.withLock { $0 = value } }
}

@Suite struct SnowflakeTests {
  @Test func bitsAreWhereTheLayoutSays() throws {
    let clock = HandClock(1_735_689_600_000 + 5)
    let source = Snowflake(nodeBits: 3, epoch: 1_735_689_600_000, now: clock.now)
    #expect(try source.next() == 5 << 22 | 3 << 12 | 0)
    #expect(try source.next() == 5 << 22 | 3 << 12 | 1)
    clock.set(1_735_689_600_000 + 6)
    #expect(try source.next() == 6 << 22 | 3 << 12 | 0)
  }

  @Test func equalNodeBitsInOneMillisecondCollide() throws {
    let clock = HandClock(1000)
    let ids = try [1, 1].map { try Snowflake(nodeBits: $0, epoch: 0, now: clock.now).next() }
    #expect(ids[0] == ids[1])
  }

  @Test func distinctNodeBitsNeverCollide() throws {
    let clock = HandClock(1000)
    let ids = try [1, 2].map { try Snowflake(nodeBits: $0, epoch: 0, now: clock.now).next() }
    #expect(ids[0] != ids[1])
  }

  @Test func smallStepBackKeepsTheOrder() throws {
    let clock = HandClock(1000)
    let source = Snowflake(nodeBits: 0, epoch: 0, now: clock.now)
    let before = try source.next()
    clock.set(1000 - Snowflake.patience)
    #expect(try source.next() > before)
  }

  @Test func largeStepBackIsRefused() throws {
    let clock = HandClock(1000)
    let source = Snowflake(nodeBits: 0, epoch: 0, now: clock.now)
    _ = try source.next()
    clock.set(900)
    #expect(throws: IDError.clockWentBack(milliseconds: 100)) { try source.next() }
  }

  @Test func clockBeforeTheEpochIsRefused() {
    let source = Snowflake(nodeBits: 0, epoch: 1000, now: HandClock(999).now)
    #expect(throws: IDError.clockBeforeEpoch) { try source.next() }
  }

  @Test func fullMillisecondWaitsForTheNext() throws {
    let clock = HandClock(1000)
    let source = Snowflake(nodeBits: 0, epoch: 0, now: clock.now)
    for _ in 0..<4096 { _ = try source.next() }
    let asked = Mutex(0)
    let waiting = Snowflake(nodeBits: 0, epoch: 0) {
      asked.withLock { count in
        count += 1
        return count <= 4097 ? 1000 : 1001
      }
    }
    for _ in 0..<4096 { _ = try waiting.next() }
    #expect(try waiting.next() == 1001 << 22)
  }

  @Test func threadsNeverShareAnID() async throws {
    let source = Snowflake(nodeBits: 7, epoch: 1_735_689_600_000)
    let ids = try await withThrowingTaskGroup(of: [UInt64].self) { group in
      for _ in 0..<4 { group.addTask { try (0..<5000).map { _ in try source.next() } } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(ids.joined()).count == 20_000)
    for run in ids { #expect(zip(run, run.dropFirst()).allSatisfy(<)) }
  }
}
