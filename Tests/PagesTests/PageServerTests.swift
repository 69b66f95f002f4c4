import Basics
import Glibc
import Linux
import TestGround
import Testing

@testable import Pages

@Suite(.serialized) struct PageServerTests {
  /// A page of two words, whose acts are counted.
  private final class Served {
    let door: PageDoor
    let token = PageToken()
    let feed: EventFeed
    let server: PageServer

    init(_ limits: EventFeed.Limits = .init(), takesActs: Bool = true) throws {
      let door = try PageDoor(at: .usual)
      let feed = EventFeed(limits)
      self.door = door
      self.feed = feed
      let gate = PageGate(at: door.place, token: token, takesActs: takesActs)
      server = try PageServer(on: door.socket, gate: gate) { way, request in
        switch way {
        case .page: .document(.init(200, "text/html; charset=utf-8", Array("the page".utf8)))
        case .events:
          feed.join(ServerSentEvent("state", "{}")).map { .events($0) } ?? .sentence(503, "full")
        case .act: .json(String(decoding: request.body, as: UTF8.self))
        case .log: .json("\"\(request.query["instance"] ?? "") \(request.query["after"] ?? "")\"")
        default: .sentence(404, "nothing")
        }
      }
    }

    var http: PlainHTTP { PlainHTTP("http://\(door.place.host)/\(token.text)/")! }

    deinit {
      feed.end()
      server.stop()
    }
  }

  @Test func everyAnswerKeepsToItself() throws {
    let served = try Served()
    for path in [served.http.path, "/", served.http.path + "nothing"] {
      let answer = try #require(served.http.ask("GET", path))
      #expect(answer.headers["cache-control"] == "no-store")
      #expect(answer.headers["referrer-policy"] == "no-referrer")
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      #expect(answer.headers["x-frame-options"] == "DENY")
      #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true)
      #expect(answer.headers["access-control-allow-origin"] == nil)
      #expect(answer.headers["server"] == nil)
    }
  }

  @Test func whatComesIsHandedOnWhole() throws {
    let served = try Served()
    let path = served.http.path
    #expect(served.http.ask("GET", path)?.body == "the page")
    #expect(served.http.ask("GET", path + "log?instance=a%2Fb&after=7&x=1")?.body == "\"a/b 7\"")
    let json = ["Content-Type": "application/json"]
    let long = String(repeating: "x", count: 60_000)
    #expect(served.http.ask("POST", path + "act", json, body: long)?.body == long)
    #expect(served.http.ask("POST", path + "act", json, body: long + long)?.status == 413)
    #expect(served.http.ask("OPTIONS", path + "act", ["Origin": "http://x"])?.status == 405)
  }

  @Test func eventsComeAsTheyHappenUntilTheEnd() throws {
    let served = try Served()
    let feed = served.feed
    let teller = try Linux.Thread(named: "teller") {
      while feed.viewers == 0 { MonotonicClock.sleep(nanoseconds: 1_000_000) }
      feed.publish(ServerSentEvent("tick", "1"))
      feed.publish(ServerSentEvent("end", "2"))
      feed.end()
    }
    let answer = try #require(served.http.ask("GET", served.http.path + "events"))
    teller.join()
    #expect(answer.status == 200 && answer.headers["content-type"] == "text/event-stream")
    let places = ["event: state", "event: tick\ndata: 1\n\n", "event: end\ndata: 2\n\n"].map {
      answer.body.firstRange(of: $0)?.lowerBound
    }
    #expect(
      places.allSatisfy { $0 != nil }
        && places.compactMap { $0 } == places.compactMap { $0 }.sorted())
  }

  @Test func oneTooManyIsTurnedAway() throws {
    let served = try Served(.init(viewers: 1))
    let held = try #require(served.feed.join(ServerSentEvent("state", "")))
    #expect(served.http.ask("GET", served.http.path + "events")?.status == 503)
    withExtendedLifetime(held) {}
  }

  @Test func whoDoesNotReadIsDropped() throws {
    let served = try Served(.init(viewers: 4, events: 4))
    let socket = try #require(served.http.begin("GET", served.http.path + "events"))
    defer { close(socket) }
    while served.feed.viewers == 0 { MonotonicClock.sleep(nanoseconds: 1_000_000) }
    // More than the kernel keeps for who does not read; telling takes no longer for that.
    let long = String(repeating: "x", count: 1 << 20)
    for _ in 0..<64 { served.feed.publish(ServerSentEvent("tick", long)) }
    // It reads again: what it missed is not there any more, so it is let go, and may begin anew.
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while recv(socket, &part, part.count, 0) > 0 {}
    while served.feed.viewers > 0 { MonotonicClock.sleep(nanoseconds: 1_000_000) }
  }

  @Test func anotherProgramMayGoOnAtTheDoor() throws {
    let door = try PageDoor(at: .usual)
    #expect(PageDoor.inherited() == nil)
    let copy = try door.socket.duplicate().release()
    setenv("FAULTLINE_PAGE", "\(copy)", 1)
    let inherited = try #require(PageDoor.inherited())
    #expect(inherited.place == door.place && inherited.socket.number == copy)
    #expect(fcntl(copy, F_GETFD) & FD_CLOEXEC != 0)
    #expect(PageDoor.inherited() == nil, "nobody after it is told")
    for wrong in ["", "x", "-1", "0", "4000"] {
      setenv("FAULTLINE_PAGE", wrong, 1)
      #expect(PageDoor.inherited() == nil, "\(wrong)")
    }
  }

  @Test func whatIsTakenIsSaid() throws {
    let door = try PageDoor(at: .usual)
    do {
      _ = try PageDoor(at: door.place)
      Issue.record("a port was given twice")
    } catch {
      #expect(
        error.description
          == "port \(door.place.port) of 127.0.0.1 is taken; choose another, or"
          + " --listen 127.0.0.1:0 for a free one")
    }
    #expect(throws: PageError.self) { _ = try PageDoor(at: ListenAddress(text: "192.0.2.7:0")!) }
  }
}
