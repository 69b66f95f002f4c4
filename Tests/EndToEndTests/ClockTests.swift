import Foundation
import Testing

extension EndToEnd {
  /// Moved clocks in whole runs.
  @Suite struct Clocks {
    /// A server that says when it was born, in its log and with every answer.
    static let server = """
      name: page
      summary: Tells the time.
      binary: /usr/bin/python3
      packages: [python3]
      user: nobody
      command:
        - /usr/bin/python3
        - -u
        - -c
        - |
          import time
          born = int(time.time())
          print("born", born)
          from http.server import *
          class Page(BaseHTTPRequestHandler):
            def do_GET(self):
              self.send_response(200)
              self.send_header("Content-Length", "0")
              self.end_headers()
            def log_message(self, *words): pass
          ThreadingHTTPServer(("", 8080), Page).serve_forever()
      ready: {http: "http://127.0.0.1:8080/", status: 200, within: 10s}
      clock: {http: "http://127.0.0.1:8080/"}
      stop: {signal: TERM, within: 1s}
      """

    private func project(_ method: String) throws -> SmallProject {
      try SmallProject(
        experiment: SmallProject.experiment(method: method), server: Self.server)
    }

    /// A restart and a kill in the midst of it; then the true time again.
    @Test func aServerThatIsStartedAnewHasTheMovedTimeToo() throws {
      let project = try project(
        """
        {at: 300ms, fault: clock-jump, by: 1h, target: {node: web}, component: page, for: 3s}
          - {at: 1s, fault: restart, target: {node: web}, component: page}
        """)
      // How the traffic fares beside such a slow server is not what is asked.
      _ = try project.run()
      let result = try project.result()
      #expect(result.invariant("method") == nil)
      let jump = try #require(result.faults.first)
      #expect(jump.confirmation.hasPrefix("web/page asked +3600s, 1 process reads +3600s"))
      #expect(jump.confirmed != nil && jump.healConfirmed != nil)
      let log = try String(contentsOfFile: project.newest + "/logs/web.page.log", encoding: .utf8)
      let born = log.split(separator: "\n").compactMap { line in
        line.hasPrefix("born ") ? Double(line.dropFirst(5)) : nil
      }
      try #require(born.count == 2, "\(log)")
      let now = Date().timeIntervalSince1970
      #expect(abs(born[0] - now) < 120 && abs(born[1] - now - 3600) < 120, "\(born) \(now)")
    }

    @Test func aKilledRunLeavesNothingOfIt() throws {
      let project = try project(
        "{at: 300ms, fault: clock-strobe, by: 1h, target: {node: web}, component: page, for: 30s}")
      let program = try project.start()
      try program.await("set the clock ahead by 1h")
      program.traces.look()
      program.send(SIGKILL)
      #expect(try program.finish(within: 10).code == 137)
      program.traces.expectGone()
    }

    @Test func anInterruptedRunPutsTheClockRight() throws {
      let project = try project(
        "{at: 300ms, fault: clock-drift, rate: -50%, target: {node: web}, component: page, for: 30s}"
      )
      let program = try project.start()
      try program.await("let the clock lose 50%")
      program.send(SIGINT)
      #expect(try program.finish(within: 20).code == 130)
      program.traces.expectGone()
      let fault = try #require(try project.result().faults.first)
      #expect(fault.confirmed != nil && fault.healConfirmed != nil, "\(fault)")
    }
  }
}
