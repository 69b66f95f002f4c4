import Foundation
import ServiceGround
import Testing

@testable import twosite_store

/// What members say to each other, and who is heard.
@Suite(.serialized) struct PeersTests {
  private static let point = LogPoint(term: 3, index: 9)
  private static let entry = LogEntry(index: 10, term: 3, kind: .command, command: [1, 2, 3])
  private static let stamp = HybridStamp(millis: 1, counter: 2, node: 3)
  private static let record = KeyedRecord(key: "k", stamp: stamp, value: [])
  private static let tombstone = KeyedRecord(key: "k", stamp: stamp, value: nil)

  @Test(
    arguments: [
      .append(Append(term: 3, previous: point, entries: [entry, entry], commit: 8, round: 4)),
      .append(Append(term: 3, previous: point, entries: [], commit: 8, round: 4)),
      .appended(Appended(term: 3, outcome: .needsSnapshot, index: 4, previous: 6, round: 7)),
      .install(Install(term: 3, snapshot: Snapshot(point, [7, 7]), round: 8)),
      .voteAsked(VoteAsked(term: 5, isTrial: true, last: point)),
      .voteAnswered(VoteAnswered(term: 5, isTrial: false, isGiven: true)),
      .witnessAsked(WitnessAsked(term: 5, wish: .renew(eligible: [0, 2], version: 3), number: 6)),
      .witnessAsked(WitnessAsked(term: 5, wish: .claim(point), number: 6)),
      .witnessAnswered(
        WitnessAnswered(term: 5, primary: nil, eligible: [1], version: 2, number: 6)),
      .keyed(.write(7, [record, tombstone])), .keyed(.wrote(7)), .keyed(.read(7, .prefix("a"))),
      .keyed(.read(7, .key("a"))), .keyed(.found(7, [])), .keyed(.hashes([1, 2])),
      .keyed(.buckets([3, 4], [record], isQuestion: true)),
    ] as [PeerMessage]) func aMessageComesAsItWent(message: PeerMessage)
  {
    let bytes = PeerCodec.bytes(message)
    #expect(PeerCodec.message(bytes) == message)
    for size in 0..<bytes.count { _ = PeerCodec.message(Array(bytes.prefix(size))) }
  }

  @Test func betweenSitesNothingIsReadable() {
    let text = Array("a word that somebody may look for".utf8)
    var sealed = PeerFrames(key: [UInt8](repeating: 7, count: 32))
    var plain = PeerFrames(key: nil)
    #expect(Data(sealed.bytes(text)).range(of: Data(text)) == nil)
    #expect(Data(plain.bytes(text)).range(of: Data(text)) != nil)
    // The same message is another one in the next frame.
    #expect(sealed.bytes(text) != sealed.bytes(text))
  }

  @Test func onlyThePlaintextDefectLeavesThemOpen() throws {
    for defects in [[], [.plaintextBetweenSites]] as [Set<Defect>] {
      let group = try TestMembers(["a", "b", "a"], defects: defects)
      let membership = group.membership(0)
      #expect((membership.sessionKey([1], with: group.members[1]) == nil) != defects.isEmpty)
      #expect(membership.sessionKey([1], with: group.members[2]) == nil)
    }
  }

  /// Whether a member with another secret is heard.
  private static func isStrangerHeard(_ defects: Set<Defect>) throws -> Bool {
    let group = try TestMembers(["a", "a"], defects: defects)
    let heard = Mailbox<PeerMessage>()
    let network = try PeerNetwork(group.membership(0)) { _, message in heard.post(message) }
    defer { network.stop() }
    let socket = try #require(
      PeerSocket.connect(group.members[0], until: .after(.seconds(2)), leaks: false))
    // Says a name and a nonce, and answers the other's nonce with zeros.
    var name = Packing()
    name.add("n1")
    let nonce = [UInt8](repeating: 5, count: 32)
    _ = socket.write(Array("twosite1".utf8) + nonce + name.bytes, until: .after(.seconds(2)))
    _ = socket.read(64, until: .after(.seconds(2)))
    var frames = PeerFrames(key: nil)
    let message = PeerMessage.voteAnswered(VoteAnswered(term: 9, isTrial: false, isGiven: true))
    let proof = [UInt8](repeating: 0, count: 32)
    _ = socket.write(proof + frames.bytes(PeerCodec.bytes(message)), until: .after(.seconds(2)))
    // The other side ends the connection, or hears the message.
    return heard.takeAll(until: .after(.milliseconds(500))) == [message]
  }

  @Test func aStrangerIsNotHeard() throws {
    #expect(try !Self.isStrangerHeard([]))
    #expect(try Self.isStrangerHeard([.acceptsUnauthenticatedPeer]))
  }

  /// How many descriptors stay open after ten connections that the other side ended.
  private static func leaked(_ defects: Set<Defect>) throws -> Int {
    let group = try TestMembers(["a", "a"], defects: defects)
    let before = try descriptors()
    for _ in 0..<10 {
      _ = PeerSocket.connect(
        group.members[1], until: .after(.seconds(1)), leaks: !defects.isEmpty)
    }
    return try descriptors() - before
  }

  private static func descriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }

  @Test func leakPerReconnectIsSo() throws {
    #expect(try Self.leaked([.leakPerReconnect]) >= 8)
  }
}
