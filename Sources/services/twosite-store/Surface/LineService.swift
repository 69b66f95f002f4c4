import ServiceGround

/// Serves the line protocol.
struct LineService: Sendable {
  let name: String
  let handler: any CallHandler
  let patience: Duration

  /// One connection, for as long as it lasts.
  func serve(_ connection: LineConnection) {
    do throws(LineError) {
      try connection.send(LineProtocol.greeting(name), until: .after(patience))
      while let line = try connection.receive(until: nil) {
        try connection.send(answer(line), until: .after(patience))
      }
    } catch {
      // The client has gone, or says what is not a line: closed either way.
    }
  }

  /// What a replica asks its leader: up to which command all is known to be kept; a bare number is the answer.
  static let committed = "committed"

  func answer(_ line: String) -> String {
    if line == Self.committed { return "\(handler.status.committed)" }
    do throws(CallError) {
      let call = try LineProtocol.call(line, patience: patience)
      return LineProtocol.line(handler.reply(to: call))
    } catch {
      return "malformed " + error.message
    }
  }
}
