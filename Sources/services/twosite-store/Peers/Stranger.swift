import ServiceGround

/// Somebody who does not know the secret and knocks at a member's door, to see whether it is let in.
enum Stranger {
  /// Nil where nobody answers at that place.
  static func isLetIn(_ member: Member, as name: String, until deadline: Deadline) -> Bool? {
    guard let socket = PeerSocket.connect(member, until: deadline, leaks: false) else { return nil }
    defer { socket.shut() }
    guard socket.write(Handshake.hello(from: name), until: deadline),
      socket.read(Handshake.answerBytes, until: deadline) != nil,
      socket.write(Handshake.guess, until: deadline)
    else { return nil }
    // Whoever is turned away is told so by the end of the connection; whoever is let in hears nothing.
    return socket.read(1, until: .after(.milliseconds(300))) != nil || !socket.hasEnded
  }

  /// For the command line: `NAME@SITE=ADDRESS:PORT`, and whose name is used.
  static func count(_ place: String, as name: String) -> Int? {
    guard let members = try? StoreSettings.members(place), let member = members.first else {
      return nil
    }
    return isLetIn(member, as: name, until: .after(.seconds(1))).map { $0 ? 1 : 0 }
  }
}
