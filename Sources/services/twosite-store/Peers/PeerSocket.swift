import Glibc
import ServiceGround

/// A TCP connection to another member; reading and writing may be in different threads.
final class PeerSocket: @unchecked Sendable {
  private let fd: Int32
  private let leaks: Bool

  /// - Parameter leaks: what `leak-per-reconnect` does: the descriptor is never closed, and seven
  ///   more are lost with it.
  init(owning fd: Int32, leaks: Bool = false) {
    self.fd = fd
    self.leaks = leaks
    for (level, option, value) in Self.options {
      var value = value
      setsockopt(fd, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  deinit {
    guard leaks else { return _ = close(fd) }
    for _ in 0..<7 { _ = dup(fd) }
  }

  /// What is sent goes at once; a peer that is gone is noticed after a few seconds, with and
  /// without something to send.
  private static let options: [(Int32, Int32, Int32)] = [
    (Int32(IPPROTO_TCP), TCP_NODELAY, 1),
    (Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, 3000),
    (SOL_SOCKET, SO_KEEPALIVE, 1),
    (Int32(IPPROTO_TCP), TCP_KEEPIDLE, 3),
    (Int32(IPPROTO_TCP), TCP_KEEPINTVL, 1),
    (Int32(IPPROTO_TCP), TCP_KEEPCNT, 3),
  ]

  /// Connects within the time; nil where nobody answers.
  static func connect(_ member: Member, until deadline: Deadline, leaks: Bool) -> PeerSocket? {
    guard let address = address(of: member) else { return nil }
    defer { freeaddrinfo(address) }
    let info = address.pointee
    let fd = socket(info.ai_family, Int32(SOCK_STREAM.rawValue) | flags, 0)
    guard fd >= 0 else { return nil }
    let peer = PeerSocket(owning: fd, leaks: leaks)
    if Glibc.connect(fd, info.ai_addr, info.ai_addrlen) != 0 && errno != EINPROGRESS { return nil }
    var failure: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard peer.wait(Int16(POLLOUT), until: deadline),
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) == 0, failure == 0
    else { return nil }
    return peer
  }

  /// A socket that listens where the member is to be reached.
  static func listen(_ member: Member) throws(StoreError) -> Int32 {
    let attempt = "listen at \(member.host) port \(member.port)"
    guard let address = address(of: member) else { throw .system(attempt, EADDRNOTAVAIL) }
    defer { freeaddrinfo(address) }
    let info = address.pointee
    let fd = socket(info.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if fd < 0 { throw .system(attempt, errno) }
    var yes: Int32 = 1
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(fd, info.ai_addr, info.ai_addrlen) == 0, Glibc.listen(fd, 64) == 0 else {
      let reason = errno
      close(fd)
      throw .system(attempt, reason)
    }
    return fd
  }

  /// Ends it for both directions and for every thread that waits.
  func shut() { shutdown(fd, Int32(SHUT_RDWR)) }

  /// Whether the peer has ended it; only for a connection that nobody reads from.
  var hasEnded: Bool {
    // POLLRDHUP: the other side sends no more.
    var poll = pollfd(fd: fd, events: 0x2000, revents: 0)
    return Glibc.poll(&poll, 1, 0) > 0
  }

  /// Whether all of it went out in time.
  func write(_ bytes: [UInt8], until deadline: Deadline) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(fd, $0.baseAddress! + done, $0.count - done, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        done += count
      } else if count < 0 && errno == EAGAIN {
        guard wait(Int16(POLLOUT), until: deadline) else { return false }
      } else if count == 0 || errno != EINTR {
        return false
      }
    }
    return true
  }

  /// Exactly so many bytes; nil once the peer has ended it, or nothing more came in time.
  func read(_ count: Int, until deadline: Deadline?) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes { recv(fd, $0.baseAddress! + done, count - done, 0) }
      if got > 0 {
        done += got
      } else if got < 0 && errno == EAGAIN {
        guard wait(Int16(POLLIN), until: deadline) else { return nil }
      } else if got == 0 || errno != EINTR {
        return nil
      }
    }
    return bytes
  }

  private func wait(_ events: Int16, until deadline: Deadline?) -> Bool {
    var poll = pollfd(fd: fd, events: events, revents: 0)
    while true {
      let count = Glibc.poll(&poll, 1, deadline.map(\.millisecondsLeft) ?? -1)
      if count < 0 && errno == EINTR { continue }
      return count > 0
    }
  }

  /// The next who wants to connect; nil, and `errno`, where nobody can.
  static func accept(_ door: Int32, leaks: Bool) -> PeerSocket? {
    let fd = Glibc.accept(door, nil, nil)
    guard fd >= 0 else { return nil }
    _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
    _ = fcntl(fd, F_SETFL, O_NONBLOCK)
    return PeerSocket(owning: fd, leaks: leaks)
  }

  private static let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

  private static func address(of member: Member) -> UnsafeMutablePointer<addrinfo>? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(member.host, "\(member.port)", &hints, &found) == 0 else { return nil }
    return found
  }
}
