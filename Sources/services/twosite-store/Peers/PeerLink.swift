import Basics
import ServiceGround

/// The way to one other member: a thread that connects, again and again, and sends what is there to
/// be sent. What waits while nobody answers is lost; those who wrote it write again.
final class PeerLink: Sendable {
  private let peer: Member
  private let membership: Membership
  private let outbox = Mailbox<PeerMessage>(most: 4096)

  init(_ peer: Member, _ membership: Membership) {
    self.peer = peer
    self.membership = membership
    Background.run { [self] in dialAgainAndAgain() }
  }

  func send(_ message: PeerMessage) { outbox.post(message) }

  func stop() { outbox.close() }

  /// Between two attempts it waits twice as long as before, up to a second, and by chance up to
  /// half of that less.
  private func dialAgainAndAgain() {
    var chance = Chance(seed: UInt64.random(in: 0...UInt64.max))
    var pause = 25
    while true {
      if let socket = dial() {
        let hasSent = send(through: socket.0, key: socket.1)
        socket.0.shut()
        if hasSent { pause = 25 }
      }
      let until = Deadline.after(.milliseconds(pause / 2 + chance.below(pause / 2 + 1)))
      while !until.hasPassed {
        guard outbox.takeAll(until: until) != nil else { return }
      }
      pause = min(pause * 2, 1000)
    }
  }

  private func dial() -> (PeerSocket, key: [UInt8])? {
    let deadline = Deadline.after(.seconds(1))
    let leaks = membership.has(.leakPerReconnect)
    guard let socket = PeerSocket.connect(peer, until: deadline, leaks: leaks),
      let key = Handshake(membership: membership).dial(peer, socket, until: deadline)
    else { return nil }
    return (socket, key)
  }

  /// Sends until it cannot; whether anything went out.
  private func send(through socket: PeerSocket, key: [UInt8]) -> Bool {
    var frames = PeerFrames(key: membership.sessionKey(key, with: peer))
    var hasSent = false
    while let messages = outbox.takeAll(until: .after(.seconds(1))) {
      for message in messages {
        let bytes = frames.bytes(PeerCodec.bytes(message))
        guard socket.write(bytes, until: .after(.seconds(3))) else { return hasSent }
        hasSent = true
      }
      if messages.isEmpty && socket.hasEnded { return hasSent }
    }
    return hasSent
  }
}

extension Membership {
  /// The key under which messages go to a member of another site; nil where they are not encrypted.
  func sessionKey(_ key: [UInt8], with peer: Member) -> [UInt8]? {
    isBetweenSites(peer) && !has(.plaintextBetweenSites) ? key : nil
  }
}
