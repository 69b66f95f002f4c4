import Foundation
import TestGround
import Testing

extension EndToEnd {
  /// The page of a run is to be read only, and what cannot be served is refused before anything starts.
  @Suite struct PageOfARun {
    @Test func aRunIsWatchedAndNothingCanBeDoneToIt() throws {
      let project = try SmallProject()
      let program = try project.start(["--quiet", "--page", "--listen", "[::1]:0"])
      let url = try #require(program.pageURL())
      let http = try #require(PlainHTTP(url))
      #expect(http.authority.hasPrefix("[::1]:"))
      let page = try #require(http.ask("GET", http.path))
      #expect(page.status == 200 && page.headers["cache-control"] == "no-store")
      #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
      #expect(!page.body.contains("<form") && !page.body.contains("<button"))
      let json = ["Content-Type": "application/json"]
      let refused = try #require(
        http.ask("POST", http.path + "act", json, body: "{\"ask\":\"halt\"}"))
      #expect(refused.status == 403 && refused.body.contains("read only"), "\(refused)")

      let events = try #require(http.ask("GET", http.path + "events", until: "event: end"))
      #expect(events.headers["content-type"] == "text/event-stream")
      #expect(events.body.contains("event: state\r\n") || events.body.contains("event: state\n"))
      #expect(events.body.contains("\"verdict\":\"valid\""), "\(events.body.suffix(600))")
      #expect(events.body.contains("kill page on node web"))
      let ended = try program.finish()
      #expect(ended.code == 0, "\(ended)")
      #expect(http.ask("GET", http.path) == nil, "it is served no more")
      program.traces.expectGone()
    }

    @Test func whatOtherMachinesCanReachIsWarnedOf() throws {
      let project = try SmallProject()
      let program = try project.start(["--quiet", "--page", "--listen", "0.0.0.0:0"])
      try program.await("can be reached from other machines")
      let url = try #require(program.pageURL())
      let http = try #require(PlainHTTP(url))
      #expect(http.ask("GET", http.path)?.status == 200)
      let port = http.authority.split(separator: ":").last ?? ""
      #expect(http.ask("GET", http.path, ["Host": "evil.example:\(port)"])?.status == 403)
      #expect(http.ask("GET", http.path, ["Host": "192.0.2.1:\(port)"])?.status == 200)
      program.traces.look()
      program.send(SIGINT)
      program.send(SIGINT)
      try program.finish()
      program.traces.expectGone()
    }

    @Test func whatCannotBeServedIsRefusedWithARemedy() throws {
      let project = try SmallProject()
      let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(taken) }
      var place = sockaddr_in()
      place.sin_family = sa_family_t(AF_INET)
      place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutablePointer(to: &place) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = bind(taken, $0, size)
          _ = listen(taken, 1)
          _ = getsockname(taken, $0, &size)
        }
      }
      let port = UInt16(bigEndian: place.sin_port)
      for (words, reason) in [
        (["up", "small", "--page", "--listen", "here"], "takes an address and a port"),
        (["up", "small", "--page", "--listen", "::1:80"], "such as 127.0.0.1:8080 or [::1]:8080"),
        (["up", "small", "--page", "--listen", "192.0.2.1:0"], "not an address of this machine"),
        (["up", "small", "--page", "--listen", "127.0.0.1:\(port)"], "is taken; choose another"),
        (["up", "small", "--listen", "127.0.0.1:0"], "--page --listen"),
        (["up", "small", "--page=contrl"], "takes no value but 'control'"),
        (["run", "experiments/small.yaml", "--page", "control"], "a run follows its experiment"),
        (["run", "experiments/small.yaml", "--page", "--repeat", "2"], "--page shows one run"),
      ] {
        let ended = try Program(
          Machine.faultline, words, in: project.folder, environment: project.environment
        ).finish()
        #expect(ended.code == 2 && ended.errors.contains(reason), "\(words): \(ended)")
        #expect(ended.errors.split(separator: "\n").count == 1, "\(words): \(ended)")
      }
    }
  }
}

extension Program {
  /// Where a run says that its page is.
  func pageURL() -> String? {
    _ = Wait.until(within: 20) {
      traces.look()
      return outputSoFar.contains("live page: ") || !process.isRunning
    }
    let line = outputSoFar.split(separator: "\n").first { $0.contains("live page: ") }
    return line.map { String($0.drop { $0 != "h" }) }
  }
}
