import Linux
import Testing

@testable import Pages

@Suite struct EventFeedTests {
  private var soon: Int64 { MonotonicClock.nanoseconds + 5_000_000_000 }
  private static let now: Int64 = 0

  @Test func anEventIsOneAlthoughItHasLines() {
    #expect(
      ServerSentEvent("tick", "{}").bytes == Array("event: tick\ndata: {}\n\n".utf8))
    #expect(
      ServerSentEvent("x", "a\n\nevent: y\rb").bytes
        == Array("event: x\ndata: a\ndata: \ndata: event: y\ndata: b\n\n".utf8))
  }

  @Test func whoLooksOnIsToldWhatWasAndThenWhatComes() throws {
    let feed = EventFeed()
    feed.publish(ServerSentEvent("tick", "missed"))
    let viewer = try #require(feed.join(ServerSentEvent("state", "so far")))
    feed.publish(ServerSentEvent("tick", "1"))
    feed.publish(ServerSentEvent("tick", "2"))
    let state = ServerSentEvent.retry + ServerSentEvent("state", "so far").bytes
    #expect(viewer.next(until: soon) == .bytes(state))
    #expect(viewer.next(until: soon) == .bytes(ServerSentEvent("tick", "1").bytes))
    #expect(viewer.next(until: soon) == .bytes(ServerSentEvent("tick", "2").bytes))
    #expect(viewer.next(until: Self.now) == .nothing)
    feed.publish(ServerSentEvent("end", "3"))
    feed.end()
    #expect(viewer.next(until: soon) == .bytes(ServerSentEvent("end", "3").bytes))
    #expect(viewer.next(until: soon) == .end)
    #expect(feed.join(ServerSentEvent("state", "")) == nil, "it is over")
  }

  @Test func whoWaitsIsWoken() throws {
    let feed = EventFeed()
    let viewer = try #require(feed.join(ServerSentEvent("state", "")))
    _ = viewer.next(until: soon)
    let thread = try Linux.Thread(named: "teller") { feed.publish(ServerSentEvent("tick", "1")) }
    #expect(viewer.next(until: soon) == .bytes(ServerSentEvent("tick", "1").bytes))
    thread.join()
  }

  @Test func whoFallsBehindIsDroppedAndHoldsNobodyUp() throws {
    let feed = EventFeed(.init(viewers: 2, events: 3, bytes: 1_000))
    let slow = try #require(feed.join(ServerSentEvent("state", "")))
    let quick = try #require(feed.join(ServerSentEvent("state", "")))
    #expect(feed.join(ServerSentEvent("state", "")) == nil, "two may look on")
    _ = quick.next(until: soon)
    for number in 0..<4 {
      feed.publish(ServerSentEvent("tick", "\(number)"))
      #expect(quick.next(until: soon) == .bytes(ServerSentEvent("tick", "\(number)").bytes))
    }
    _ = slow.next(until: soon)
    #expect(slow.next(until: soon) == .end)
    // An event that is longer than all may be together is told all the same.
    let long = String(repeating: "x", count: 2_000)
    feed.publish(ServerSentEvent("tick", long))
    #expect(quick.next(until: soon) == .bytes(ServerSentEvent("tick", long).bytes))
  }

  @Test func whoLeavesMakesRoom() throws {
    let feed = EventFeed(.init(viewers: 1))
    var viewer = feed.join(ServerSentEvent("state", ""))
    #expect(viewer != nil && feed.viewers == 1 && feed.join(ServerSentEvent("state", "")) == nil)
    viewer = nil
    #expect(feed.viewers == 0 && feed.join(ServerSentEvent("state", "")) != nil)
  }
}
