import ServiceGround

/// `--get ADDRESS:PORT/PATH`: what a store says over HTTP, for scripts on machines without an HTTP client.
enum PlainGet {
  /// The body of an answer of status 200; nil for every other, and where none comes.
  static func body(_ place: String, until deadline: Deadline) -> String? {
    let parts = place.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2,
      let endpoint = try? ServiceFlags.place(of: "get", String(parts[0]))
    else { return nil }
    do throws(LineError) {
      let connection = try LineConnection(
        to: endpoint.address, port: endpoint.port, until: deadline)
      try connection.send("GET /\(parts[1]) HTTP/1.1\r\nConnection: close\r\n\r", until: deadline)
      guard let status = try connection.receive(until: deadline), status.contains(" 200 ") else {
        return nil
      }
      while let header = try connection.receive(until: deadline), header != "\r" {}
      return try connection.receiveRest(until: deadline)
    } catch {
      return nil
    }
  }
}
