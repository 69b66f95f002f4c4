/// What an error reply says of a command: its first word is its kind.
enum RedisErrors {
  /// Kinds that the server gives before it changes anything.
  private static let undone: Set<String> = [
    "READONLY", "NOREPLICAS", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH", "WRONGPASS",
    "NOPERM",
    "MOVED", "ASK", "TRYAGAIN", "CROSSSLOT", "MISCONF", "OOM", "BUSY", "BUSYKEY", "BUSYGROUP",
    "NOGROUP", "NOSCRIPT", "NOTBUSY", "EXECABORT", "WRONGTYPE", "DENIED", "NOPROTO",
  ]
  /// After these the connection is of no use: it leads to a server that serves nobody's writes.
  private static let left: Set<String> = ["READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN"]
  /// A script may have written before it failed, and nothing is undone then.
  private static let scripts: Set<String> = ["EVAL", "EVALSHA", "FCALL"]

  private static func kind(_ error: String) -> String {
    String(error.prefix { $0 != " " && $0 != "\r" && $0 != "\n" })
  }

  /// Whether the command certainly changed nothing.
  static func isUndone(_ error: String, command: String) -> Bool {
    let kind = kind(error)
    let isScript = scripts.contains(command.uppercased())
    // A type is wrong, or a number no number, in the middle of a script.
    if kind == "ERR" || kind == "WRONGTYPE" { return !isScript }
    return undone.contains(kind)
  }

  static func endsConnection(_ error: String) -> Bool { left.contains(kind(error)) }

  /// For a person.
  static let table = """
    Error → outcome of a write:
      READONLY, NOREPLICAS, LOADING, MASTERDOWN, CLUSTERDOWN, NOAUTH, WRONGPASS, NOPERM, MOVED, ASK,
      TRYAGAIN, CROSSSLOT, MISCONF, OOM, BUSY, BUSYKEY, BUSYGROUP, NOGROUP, NOSCRIPT, NOTBUSY,
      EXECABORT, DENIED, NOPROTO: fail
      ERR, WRONGTYPE: fail, but info for EVAL, EVALSHA, FCALL: a script is not undone
      any other, a broken connection, garbage, the time ran out after something was sent: info
    """
}
