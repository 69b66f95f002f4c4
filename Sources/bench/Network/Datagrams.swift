import CLinux
import Glibc
import Linux

/// A UDP socket of the calling thread's network namespace; closed at the end of its life.
final class Datagrams {
  private let descriptor: Int32
  private var patience: Int32 = 0

  private init() {
    descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { fatalError("no socket: errno \(errno)") }
  }

  /// One that sends to a place. With `segmentBytes` the kernel is handed many at a time and leaves them for
  /// the device to cut (UDP_SEGMENT, udp(7)).
  convenience init(to host: String, port: UInt16, segmentBytes: Int32? = nil) {
    self.init()
    let result = BenchTraffic.withAddress(host, port) { connect(descriptor, $0, $1) }
    guard result == 0 else { fatalError("cannot connect to \(host): errno \(errno)") }
    if var size = segmentBytes {
      let answer = setsockopt(descriptor, Int32(IPPROTO_UDP), 103, &size, 4)
      guard answer == 0 else { fatalError("no UDP_SEGMENT: errno \(errno)") }
    }
  }

  /// One that listens; `receive` waits for that long at most.
  convenience init(at port: UInt16, patience seconds: Double) {
    self.init()
    let result = BenchTraffic.withAddress("0.0.0.0", port) { bind(descriptor, $0, $1) }
    guard result == 0 else { fatalError("cannot bind: errno \(errno)") }
    var size: Int32 = 32 << 20
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, 4)
    patience = Int32(seconds * 1000)
    var isOn: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &isOn, 4)
  }

  deinit { close(descriptor) }

  /// A call that only tells of an earlier one that nobody was there for sends nothing: once more, then.
  func send(_ bytes: [UInt8]) {
    while Glibc.send(descriptor, bytes, bytes.count, 0) < 0 && errno == ECONNREFUSED {}
  }

  /// The number in the first eight bytes, and when the kernel took it from the wire, whenever this thread
  /// woke; nil when nothing came for too long.
  func receive() -> (number: Int64, at: Int64)? {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, patience) == 1 else { return nil }
    var (number, age): (Int64, Int64) = (0, 0)
    guard cl_probe_receive(descriptor, &number, 8, &age) == 8 else { return nil }
    return (number, MonotonicClock.nanoseconds - age)
  }

  func send(_ number: Int64) {
    var number = number
    while Glibc.send(descriptor, &number, 8, 0) < 0 && errno == ECONNREFUSED {}
  }
}
