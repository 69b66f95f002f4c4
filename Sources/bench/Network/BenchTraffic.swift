import Glibc
import Linux

/// One TCP stream at full speed, and one ping-pong, between two places.
enum BenchTraffic {
  /// Slows down for loss alone, and may be asked for in every namespace. One that paces by the
  /// round trips it measures, as BBR does, would measure the machine's wake-ups instead.
  static let plainCongestionControl = "reno"

  /// Bytes per second that arrive in `seconds` at `host`, an address of `target`; nil for
  /// `congestionControl` is the machine's own choice.
  static func throughput(
    from source: Place, to target: Place, host: String, seconds: Double,
    congestionControl: String? = plainCongestionControl
  ) -> Double {
    let port = nextPort()
    let listener = target.run { listen(port) }
    let receiving = target.start { sink(listener) }
    source.run { pour(host, port, seconds: seconds, congestionControl) }
    return receiving.wait()
  }

  /// What TCP uses at `place` when nobody asks for another.
  static func congestionControl(at place: Place) -> String {
    place.run {
      let descriptor = socketOfStreams()
      defer { close(descriptor) }
      var name = [UInt8](repeating: 0, count: 16)
      var count = socklen_t(name.count)
      getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, &name, &count)
      return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// The median round trip of one byte over TCP, in nanoseconds.
  static func roundTrip(from source: Place, to target: Place, host: String, count: Int) -> Double {
    let port = nextPort()
    let listener = target.run { listen(port) }
    let echoing = target.start { echo(listener) }
    let median = source.run { pingPong(host, port, count: count) }
    echoing.wait()
    return median
  }

  static func nextPort() -> UInt16 { UInt16.random(in: 20_000...30_000) }

  private static func socketOfStreams() -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, type, 0)
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(
      descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var isOn: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, 4)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, 4)
    return descriptor
  }

  static func listen(_ port: UInt16) -> Int32 {
    let descriptor = socketOfStreams()
    let result = withAddress("0.0.0.0", port) { bind(descriptor, $0, $1) }
    guard result == 0, Glibc.listen(descriptor, 1) == 0 else { fatalError("cannot listen") }
    return descriptor
  }

  static func connect(_ host: String, _ port: UInt16) -> Int32 {
    let descriptor = socketOfStreams()
    let result = withAddress(host, port) { Glibc.connect(descriptor, $0, $1) }
    guard result == 0 else { fatalError("cannot connect to \(host): errno \(errno)") }
    return descriptor
  }

  private static func pour(
    _ host: String, _ port: UInt16, seconds: Double, _ congestionControl: String?
  ) {
    let descriptor = connect(host, port)
    if let name = congestionControl {
      let bytes = Array(name.utf8)
      let result = setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, bytes, socklen_t(bytes.count))
      guard result == 0 else { fatalError("no congestion control \(name): errno \(errno)") }
    }
    let block = [UInt8](repeating: 7, count: 256 * 1024)
    let end = MonotonicClock.nanoseconds + Int64(seconds * 1e9)
    while MonotonicClock.nanoseconds < end {
      guard send(descriptor, block, block.count, Int32(MSG_NOSIGNAL)) > 0 else { break }
    }
    close(descriptor)
  }

  /// Reads until the end; bytes per second from the first byte to the last.
  private static func sink(_ listener: Int32) -> Double {
    let descriptor = accept(listener, nil, nil)
    close(listener)
    var block = [UInt8](repeating: 0, count: 1 << 20)
    var total = 0
    let start = MonotonicClock.nanoseconds
    var last = start
    while true {
      let count = recv(descriptor, &block, block.count, 0)
      guard count > 0 else { break }
      total += count
      last = MonotonicClock.nanoseconds
    }
    close(descriptor)
    return Double(total) / Double(max(1, last - start)) * 1e9
  }

  private static func echo(_ listener: Int32) {
    let descriptor = accept(listener, nil, nil)
    close(listener)
    var byte: UInt8 = 0
    while recv(descriptor, &byte, 1, 0) == 1 && send(descriptor, &byte, 1, 0) == 1 {}
    close(descriptor)
  }

  private static func pingPong(_ host: String, _ port: UInt16, count: Int) -> Double {
    let descriptor = connect(host, port)
    var byte: UInt8 = 7
    var times: [Int64] = []
    for _ in 0..<count {
      let start = MonotonicClock.nanoseconds
      guard send(descriptor, &byte, 1, 0) == 1, recv(descriptor, &byte, 1, 0) == 1 else { break }
      times.append(MonotonicClock.nanoseconds - start)
    }
    close(descriptor)
    times.sort()
    return times.isEmpty ? .nan : Double(times[times.count / 2])
  }

  static func withAddress<Answer>(
    _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Answer
  ) -> Answer {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
