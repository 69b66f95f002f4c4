import Basics
import ServiceGround

/// How one replica is told to run: what replication needs, and where clients reach it.
struct StoreSettings: Sendable {
  var mode = Mode.raft
  var membership: Membership
  /// HTTP.
  var listen: (address: String, port: UInt16) = ("127.0.0.1", 7100)
  /// The line protocol.
  var line: (address: String, port: UInt16) = ("127.0.0.1", 7101)
  /// Whether a call that only the leader can serve is passed on to it.
  var passesOn = false
  /// A program that is told when this replica begins to lead and when it ceases to; empty for none.
  var notified = ""
  /// For each call that does not say how long it may take.
  var timeout = Duration.milliseconds(800)

  static let usage = """
    usage: twosite-store --name NAME --peers NAME@SITE=ADDRESS:PORT,… --data FOLDER
                         --secret-file FILE
                         [--mode raft|synchronous|asynchronous|leaderless] [--witness NAME]
                         [--listen 127.0.0.1:7100] [--line 127.0.0.1:7101] [--timeout 800ms]
                         [--pass-on true|false] [--notify PROGRAM]
                         [--heartbeat 100ms] [--election 1s] [--lease 1500ms]
                         [--snapshot-every 20000]
                         [--defect NAME]… | --help | --version | --get ADDRESS:PORT/PATH
                       | --stranger NAME@SITE=ADDRESS:PORT NAME

    --peers names every member, this one and the witness among them, in the same order everywhere.
    --secret-file holds what the members prove to each other: 16 bytes or more, without the
    white space around them. --listen is for HTTP, --line for the line protocol.
    --pass-on makes a follower hand calls on to the leader, whose line port is taken to be the
    same as here; else it names the leader and refuses.
    --snapshot-every is after how many entries the log is replaced by a snapshot.
    --notify runs PROGRAM with the role as its argument whenever this replica begins to lead or
    ceases to, so that an address can follow the leader.
    --defect makes the store wrong on purpose; --defect list tells of which.
    --stranger knocks at a member without the secret and under another member's name, and prints
    1 where it is let in, else 0.
    Each flag has an environment variable of the same name: --data is TWOSITE_STORE_DATA.

    """

  static let flags = ServiceFlags(
    of: "twosite-store",
    [
      "name", "peers", "data", "secret-file", "mode", "witness", "listen", "line", "timeout",
      "pass-on", "notify", "heartbeat", "election", "lease", "snapshot-every", "defect",
    ], usage: usage)

  /// - Parameter file: reads a file whole; nil where it cannot.
  init(
    arguments: [String], environment: [String: String], file: (String) -> [UInt8]?
  ) throws(ConfigurationError) {
    membership = Membership(name: "", members: [], folder: "", secret: [])
    for (name, value) in try Self.flags.read(arguments, environment: environment) {
      try set(name, value, file)
    }
    for (flag, value) in [("name", membership.name), ("data", membership.folder)]
    where value.isEmpty {
      throw ConfigurationError("--\(flag) is missing\n\(Self.usage)")
    }
    if let problem = membership.problem(in: mode) {
      throw ConfigurationError("\(problem); see --peers, --secret-file and --witness")
    }
  }

  private mutating func set(
    _ name: String, _ value: String, _ file: (String) -> [UInt8]?
  ) throws(ConfigurationError) {
    switch name {
    case "name": membership.name = value
    case "peers": membership.members = try Self.members(value)
    case "data": membership.folder = value
    case "secret-file":
      guard let bytes = file(value) else {
        throw .init("--secret-file: '\(value)' cannot be read; make it with 16 bytes or more")
      }
      membership.secret = Self.trimmed(bytes)
    case "mode": mode = try ServiceFlags.value(of: name, value) { Mode(rawValue: $0) }
    case "witness": membership.witness = value.isEmpty ? nil : value
    case "listen": listen = try ServiceFlags.place(of: name, value)
    case "line": line = try ServiceFlags.place(of: name, value)
    case "pass-on": passesOn = try ServiceFlags.value(of: name, value) { Bool($0) }
    case "notify": notified = value
    case "snapshot-every":
      membership.entriesBetweenSnapshots = try ServiceFlags.value(of: name, value) {
        UInt64($0).flatMap { $0 > 0 ? $0 : nil }
      }
    case "defect": try add(value)
    default: try setTime(name, value)
    }
  }

  private mutating func setTime(_ name: String, _ value: String) throws(ConfigurationError) {
    let time = try ServiceFlags.value(of: name, value) { Duration(text: $0) }
    switch name {
    case "timeout": timeout = time
    case "heartbeat": membership.timings.heartbeat = time
    case "election": membership.timings.election = time
    default: membership.timings.lease = time
    }
  }

  /// One or several, with commas or blanks between; `none` is none.
  private mutating func add(_ text: String) throws(ConfigurationError) {
    for name in text.split(whereSeparator: { ", ".contains($0) }) where name != "none" {
      guard let defect = Defect(rawValue: String(name)) else {
        let all = Defect.allCases.map(\.rawValue).joined(separator: ", ")
        throw .init("--defect cannot be '\(name)'; it can be one of: \(all)")
      }
      membership.defects.insert(defect)
    }
  }

  static func members(_ text: String) throws(ConfigurationError) -> [Member] {
    var members: [Member] = []
    for part in text.split(separator: ",") {
      guard let at = part.firstIndex(of: "@"), let equals = part[at...].firstIndex(of: "=") else {
        throw .init("--peers needs NAME@SITE=ADDRESS:PORT, not '\(part)'")
      }
      let place = try ServiceFlags.place(of: "peers", String(part[part.index(after: equals)...]))
      members.append(
        Member(
          name: String(part[..<at]), site: String(part[part.index(after: at)..<equals]),
          host: place.address, port: place.port))
    }
    return members
  }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    let isBlank = { (byte: UInt8) in byte == 0x20 || 0x09...0x0d ~= byte }
    let start = bytes.drop(while: isBlank)
    return Array(start.reversed().drop(while: isBlank).reversed())
  }
}
