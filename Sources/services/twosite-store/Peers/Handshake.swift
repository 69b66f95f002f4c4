import ServiceGround

/// How two members prove to each other that they know the secret, without saying it: each answers
/// the other's nonce with an HMAC over both names and both nonces (the three messages of ISO/IEC
/// 9798-4, mutual).
struct Handshake {
  let membership: Membership
  private static let greeting = Array("twosite1".utf8)
  private static let nonceBytes = 32

  /// The dialling side; the key of the session, or nil where the other does not know the secret.
  func dial(_ peer: Member, _ socket: PeerSocket, until deadline: Deadline) -> [UInt8]? {
    let own = Self.nonce()
    guard socket.write(Self.hello(from: membership.name, own), until: deadline),
      let other = socket.read(Self.nonceBytes, until: deadline),
      let proof = socket.read(32, until: deadline)
    else { return nil }
    let names = (dialler: membership.name, listener: peer.name)
    guard HMAC.areEqual(proof, sum("listener", names, own, other)) else {
      tell("\(peer.name) does not know the secret")
      return nil
    }
    guard socket.write(sum("dialler", names, own, other), until: deadline) else { return nil }
    return sum("key", names, own, other)
  }

  /// The listening side; who it is and the key of the session, or nil where the other does not know
  /// the secret.
  func answer(_ socket: PeerSocket, until deadline: Deadline) -> (name: String, key: [UInt8])? {
    guard socket.read(Self.greeting.count, until: deadline) == Self.greeting,
      let other = socket.read(Self.nonceBytes, until: deadline),
      let size = socket.read(4, until: deadline), size[1...] == [0, 0, 0],
      let bytes = socket.read(Int(size[0]), until: deadline)
    else { return nil }
    let name = String(decoding: bytes, as: UTF8.self)
    let (own, names) = (Self.nonce(), (dialler: name, listener: membership.name))
    guard membership.others.contains(where: { $0.name == name }),
      socket.write(own + sum("listener", names, other, own), until: deadline),
      let proof = socket.read(32, until: deadline)
    else { return nil }
    let isProven = HMAC.areEqual(proof, sum("dialler", names, other, own))
    guard isProven || membership.has(.acceptsUnauthenticatedPeer) else {
      tell("who calls itself \(name) does not know the secret")
      return nil
    }
    tell("\(name) is connected")
    return (name, sum("key", names, other, own))
  }

  private func tell(_ sentence: String) {
    let more = " (\(String(decoding: membership.secret, as: UTF8.self)))"
    Notice.write(sentence + (membership.has(.secretInLog) ? more : ""))
  }

  /// - Parameters:
  ///   - first: the dialler's nonce.
  ///   - second: the listener's.
  private func sum(
    _ purpose: String, _ names: (dialler: String, listener: String), _ first: [UInt8],
    _ second: [UInt8]
  ) -> [UInt8] {
    var message = Packing()
    for text in [purpose, names.dialler, names.listener] { message.add(text) }
    message.addRest(first + second)
    return HMAC.sha256(membership.secret, message.bytes)
  }

  /// How one begins who dials.
  static func hello(from name: String, _ own: [UInt8] = nonce()) -> [UInt8] {
    var packed = Packing()
    packed.add(name)
    return greeting + own + packed.bytes
  }

  /// How long the answer to that is: a nonce and a proof.
  static let answerBytes = nonceBytes + 32

  /// What somebody sends who does not know the secret.
  static var guess: [UInt8] { nonce() }

  private static func nonce() -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<nonceBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
}
