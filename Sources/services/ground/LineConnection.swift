import Glibc

/// Why a line did not come or go.
public enum LineError: Error, Equatable {
  /// No connection could be made, so nothing was sent.
  case notConnected(String)
  /// The other side ended it, or the system did.
  case broken(String)
  /// Nothing came in time.
  case late
  /// The other side sent a line of more bytes than any may have.
  case tooLong
}

/// A TCP connection on which each side sends lines of UTF-8; owned by one thread.
public final class LineConnection {
  /// The longest line, in bytes.
  public static let longest = 4 << 20

  private let descriptor: Int32
  private var rest: [UInt8] = []
  /// How much of `rest` is known to hold no end of a line.
  private var searched = 0

  /// Takes a connected socket over, and closes it in the end.
  public init(taking descriptor: Int32) {
    self.descriptor = descriptor
    var on: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  /// Connects to an IPv4 address or to a name that has one.
  public convenience init(
    to host: String, port: UInt16, until deadline: Deadline
  ) throws(LineError) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .notConnected(LineConnection.reason(errno)) }
    self.init(taking: descriptor)
    var endpoint = try Self.endpoint(host, port)
    let outcome = withUnsafePointer(to: &endpoint) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if outcome == 0 { return }
    guard errno == EINPROGRESS else { throw .notConnected(Self.reason(errno)) }
    guard isReady(POLLOUT, until: deadline) else { throw .notConnected("no answer in time") }
    var problem: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size)
    guard problem == 0 else { throw .notConnected(Self.reason(problem)) }
  }

  deinit { close(descriptor) }

  /// Sends one line; the caller promises that there is no end of a line in it.
  public func send(_ line: String, until deadline: Deadline) throws(LineError) {
    let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        done += count
      } else if errno == EAGAIN {
        guard isReady(POLLOUT, until: deadline) else { throw .late }
      } else if errno != EINTR {
        throw .broken(Self.reason(errno))
      }
    }
  }

  /// The next line, without its end; nil where the other side ends the connection between two lines.
  ///
  /// - Parameter deadline: nil waits for as long as the connection lasts.
  public func receive(until deadline: Deadline?) throws(LineError) -> String? {
    while true {
      if let line = take() { return line }
      guard try fill(until: deadline) else {
        guard rest.isEmpty else { throw .broken("the connection ended within a line") }
        return nil
      }
    }
  }

  /// Everything that comes before the other side ends the connection.
  public func receiveRest(until deadline: Deadline?) throws(LineError) -> String {
    while try fill(until: deadline) {}
    return String(decoding: rest, as: UTF8.self)
  }

  /// False at the end of what comes.
  private func fill(until deadline: Deadline?) throws(LineError) -> Bool {
    guard rest.count <= Self.longest else { throw .tooLong }
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count >= 0 {
        rest += buffer[..<count]
        return count > 0
      }
      if errno == EAGAIN {
        guard isReady(POLLIN, until: deadline) else { throw .late }
      } else if errno != EINTR {
        throw .broken(Self.reason(errno))
      }
    }
  }

  private func take() -> String? {
    guard let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
      searched = rest.count
      return nil
    }
    let line = String(decoding: rest[..<end], as: UTF8.self)
    rest.removeSubrange(...end)
    searched = 0
    return line
  }

  /// Waits until the socket is ready; false when the time is over.
  private func isReady(_ events: Int32, until deadline: Deadline?) -> Bool {
    while true {
      var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let ready = poll(&waiting, 1, deadline?.millisecondsLeft ?? -1)
      if ready > 0 { return true }
      if ready == 0 || errno != EINTR { return false }
    }
  }

  static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

  private static func endpoint(_ host: String, _ port: UInt16) throws(LineError) -> sockaddr_in {
    var hints = addrinfo()
    hints.ai_family = AF_INET
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &found) == 0, let found else {
      throw .notConnected("'\(host)' is not known")
    }
    defer { freeaddrinfo(found) }
    guard let address = found.pointee.ai_addr else {
      throw .notConnected("'\(host)' has no IPv4 address")
    }
    var endpoint = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee }
    endpoint.sin_port = port.bigEndian
    return endpoint
  }
}
