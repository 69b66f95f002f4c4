internal import Glibc
public import Linux
internal import Nodes

/// Where stacks that are up and runs under way can be reached: a socket each in one folder of this
/// user, whatever reports folder they write to.
///
/// The folder must be seen from inside a run's namespaces, where `/run` is the run's own: so it lies
/// in `/tmp`, and only counts when it is this user's and closed to all others.
public struct LiveRegistry: Sendable {
  let folder: String
  /// Why the folder is not the usual one, in a sentence; nil when it is.
  public let obstacle: String?

  /// The variable that names another folder: for tests, and for machines without `/tmp`.
  public static var variable: String { "FAULTLINE_LIVE" }

  /// - Parameter reports: a reports folder, which serves in need: when something of somebody else
  ///   stands in the place of the user's own folder.
  public init(orIn reports: String) {
    let named = unsafe getenv(Self.variable).map { unsafe String(cString: $0) }
    let own = named ?? "/tmp/faultline-\(geteuid())"
    let refusal = Files.refusalOfPrivateFolder(own)
    folder = refusal == nil ? own : reports + "/.live"
    obstacle = refusal.map {
      "\(own) \($0), so it is not trusted: what is up is to be found with --reports \(reports) only"
    }
  }

  /// A new place, whose path nobody had before and nobody gets again.
  ///
  /// - Parameter isSteered: people steer it; else it follows its experiment.
  func place(
    _ name: String, reports: String, folder run: String, isSteered: Bool
  ) throws -> Place {
    try Files.makeFolder(folder, mode: 0o700)
    if let refusal = Files.refusalOfPrivateFolder(folder) {
      throw HarnessError.other(
        "\(folder) \(refusal): whoever may write there could take the place of a stack; remove it")
    }
    // The path of a Unix socket has 107 bytes at most; the whole name stands in the entry.
    let short = String(decoding: RunFolder.part(name).utf8.prefix(32), as: UTF8.self)
    let id = "\(short)~\(MonotonicClock.nanoseconds)"
    return Place(
      entry: "\(folder)/\(id).entry", socket: "\(folder)/\(id).socket",
      text: [name, reports, run, isSteered ? "steered" : "run"].joined(separator: "\n"))
  }

  /// One stack's way to be found.
  struct Place: Sendable {
    private let entry: String
    let socket: String
    private let text: String

    init(entry: String, socket: String, text: String) {
      self.entry = entry
      self.socket = socket
      self.text = text
    }

    /// From now on it is found: the socket listens already.
    func announce() throws(Errno) {
      try Files.write(Array(text.utf8), to: entry + ".new", mode: 0o600)
      try Files.rename(entry + ".new", to: entry)
    }

    func withdraw() throws(Errno) { try Files.remove(entry) }
  }
}

/// A stack that is up, or a run under way.
public struct Living: Sendable {
  /// What the user calls it by: a stack's name, or a run's.
  public let name: String
  /// The reports folder it writes to.
  public let reports: String
  /// Where its logs are.
  public let folder: String
  /// Whether people steer it; else it follows its experiment.
  public let isSteered: Bool
  let entry: String
  /// The path of the Unix socket that answers for it.
  public let socket: String

  /// Whether it is still to be found.
  public var isThere: Bool { Files.exists(entry) || Files.exists(socket) }
}

extension LiveRegistry {
  /// All that answer, sorted by name and folder. What was killed is cleared away: a socket that
  /// refuses connections has nobody behind it, and its path is never used again. A socket that this
  /// user may not open, or that is busy, stays: it may be alive. Where the folder is not this user's
  /// alone, nothing is found and nothing removed.
  public func living() throws(Errno) -> [Living] {
    guard Files.isFolder(folder), Files.refusalOfPrivateFolder(folder) == nil else { return [] }
    var living: [Living] = []
    for name in try Files.list(folder) where name.hasSuffix(".entry") {
      guard let one = read(String(name.dropLast(6))) else { continue }
      if Self.answers(one.socket) { living.append(one) } else { try sweep(one) }
    }
    return living.sorted { ($0.name, $0.folder) < ($1.name, $1.folder) }
  }

  /// Nil when it was withdrawn meanwhile.
  private func read(_ id: String) -> Living? {
    let entry = "\(folder)/\(id).entry"
    // The folder is ours, so nobody else can have put a link or an endless file there.
    guard let bytes = try? Files.tail(entry, bytes: 64 << 10) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    guard (3...4).contains(lines.count) else { return nil }
    return Living(
      name: lines[0], reports: lines[1], folder: lines[2],
      // What an older program brought up does not say it, and is to be taken down all the same.
      isSteered: lines.count == 3 || lines[3] == "steered",
      entry: entry,
      socket: "\(folder)/\(id).socket")
  }

  /// Anything but a refusal may be a live one: busy, or not to be opened by this user.
  static func answers(_ socket: String) -> Bool {
    do throws(NodesError) {
      _ = try ControlClient(at: socket)
      return true
    } catch {
      guard case .system(let error) = error else { return true }
      return error.code != ECONNREFUSED && !error.isGone
    }
  }

  private func sweep(_ dead: Living) throws(Errno) {
    try Files.remove(dead.socket)
    try Files.remove(dead.entry)
  }
}
