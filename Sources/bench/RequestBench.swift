import Basics
import Fabric
import Glibc
import Linux

/// What the switch itself costs a service that is asked over HTTP at a steady rate.
enum RequestBench {
  private static let rate = 2000.0
  private static let seconds = 3.0

  static func run() {
    guard let testbed = Testbed.make() else { return }
    print(
      "  \(Int(rate)) requests a second of HTTP/1.1, answers of 500 bytes; the switch's thread alone"
    )
    let own = Measured(host: Testbed.fabricHost) { ThreadTime.nanoseconds(of: "fabric") }
    measure(testbed, own, isKept: true, "over kept connections", aim: "<= 2 % of a core")
    measure(testbed, own, isKept: false, "each over a connection of its own", aim: "")
    if let prototype = Prototype(joining: [testbed.source, testbed.target]) {
      let pid = prototype.pid
      let other = Measured(host: Prototype.host) { ThreadTime.nanoseconds(of: pid) }
      measure(testbed, other, isKept: true, "kept, the prototype", aim: "")
      measure(testbed, other, isKept: false, "own connections, the prototype", aim: "")
      prototype.end()
    }
    testbed.end()
  }

  /// A switch: the address behind it, and the processor time that it has taken so far, in nanoseconds.
  private struct Measured: Sendable {
    let host: String
    let spent: @Sendable () -> Int64
  }

  private static func measure(
    _ testbed: Testbed, _ measured: Measured, isKept: Bool, _ name: String, aim: String
  ) {
    let port = BenchTraffic.nextPort()
    let listener = testbed.target.run { BenchTraffic.listen(port) }
    let serving = testbed.target.start { serve(listener) }
    let host = measured.host
    let before = measured.spent()
    let start = MonotonicClock.nanoseconds
    let count = testbed.source.run { ask(host, port, isKept: isKept) }
    let lasted = Double(MonotonicClock.nanoseconds - start)
    let spent = Double(measured.spent() - before)
    serving.wait()
    let perSecond = Double(count) / lasted * 1e9
    Row.print(
      "requests: CPU for 1,000 requests/s, \(name)",
      Row.percent(spent / lasted / perSecond * 1000), "at \(Row.decimal(perSecond, 0))/s", aim: aim)
  }

  /// Asks at a steady rate; how often it was answered.
  private static func ask(_ host: String, _ port: UInt16, isKept: Bool) -> Int {
    let request = Array("GET /orders/1 HTTP/1.1\r\nHost: 10.0.0.2\r\nAccept: */*\r\n\r\n".utf8)
    var answered = 0
    var connection: Int32 = -1
    var answer = [UInt8](repeating: 0, count: 4096)
    let gap = Int64(1e9 / rate)
    var next = MonotonicClock.nanoseconds
    let end = next + Int64(seconds * 1e9)
    while next < end {
      MonotonicClock.sleep(until: next)
      if connection < 0 { connection = BenchTraffic.connect(host, port) }
      if send(connection, request, request.count, Int32(MSG_NOSIGNAL)) == request.count,
        recv(connection, &answer, answer.count, 0) > 0
      {
        answered += 1
      }
      if !isKept {
        close(connection)
        connection = -1
      }
      next += gap
    }
    if connection >= 0 { close(connection) }
    // The one that the server takes for the end.
    let last = BenchTraffic.connect(host, port)
    _ = send(last, Array("QUIT".utf8), 4, Int32(MSG_NOSIGNAL))
    close(last)
    return answered
  }

  private static func serve(_ listener: Int32) {
    let body = String(repeating: "x", count: 400)
    let answer = Array(
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 400\r\n\r\n\(body)".utf8)
    var request = [UInt8](repeating: 0, count: 4096)
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { continue }
      while true {
        let count = recv(connection, &request, request.count, 0)
        guard count > 0 else { break }
        if request[0] == UInt8(ascii: "Q") {
          close(connection)
          close(listener)
          return
        }
        _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
      }
      close(connection)
    }
  }
}
