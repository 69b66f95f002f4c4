import Glibc
import ServiceGround

/// The members' network: a link to every other member, and a door through which they come.
final class PeerNetwork: @unchecked Sendable {
  private let membership: Membership
  private let links: [String: PeerLink]
  private let door: Int32
  private let receive: @Sendable (String, PeerMessage) -> Void
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// The newest connection from each.
  private var callers: [String: PeerSocket] = [:]
  private var isStopped = false

  /// - Parameter receive: called with each message and its sender, in a thread of the sender's.
  init(
    _ membership: Membership, receive: @escaping @Sendable (String, PeerMessage) -> Void
  ) throws(StoreError) {
    self.membership = membership
    self.receive = receive
    door = try PeerSocket.listen(membership.own)
    pthread_mutex_init(lock, nil)
    links = Dictionary(
      uniqueKeysWithValues: membership.others.map { ($0.name, PeerLink($0, membership)) })
    Background.run { [self] in acceptAll() }
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  func send(_ message: PeerMessage, to name: String) { links[name]?.send(message) }

  func stop() {
    for link in links.values { link.stop() }
    let open = locked {
      isStopped = true
      return callers.values
    }
    for socket in open { socket.shut() }
    shutdown(door, Int32(SHUT_RDWR))
  }

  private func acceptAll() {
    while !locked({ isStopped }) {
      if let socket = PeerSocket.accept(door, leaks: membership.has(.leakPerReconnect)) {
        Background.run { [self] in hear(socket) }
      } else if errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM {
        // The connection waits in the kernel's queue until a descriptor is free.
        Clock.pause(microseconds: 10_000)
      } else if errno == EINVAL || errno == EBADF {
        break
      }
    }
    close(door)
  }

  private func hear(_ socket: PeerSocket) {
    let handshake = Handshake(membership: membership)
    guard let (name, key) = handshake.answer(socket, until: .after(.seconds(2))),
      let peer = membership.others.first(where: { $0.name == name }), admit(socket, name)
    else { return socket.shut() }
    var frames = PeerFrames(key: membership.sessionKey(key, with: peer))
    while let bytes = frames.read(socket), let message = PeerCodec.message(bytes) {
      receive(name, message)
    }
    socket.shut()
    locked { if callers[name] === socket { callers[name] = nil } }
  }

  /// A member has one connection to this one: a new one ends the old one, which may be half dead.
  private func admit(_ socket: PeerSocket, _ name: String) -> Bool {
    let (old, isOpen) = locked {
      defer { callers[name] = socket }
      return (callers[name], !isStopped)
    }
    old?.shut()
    return isOpen
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }
}
