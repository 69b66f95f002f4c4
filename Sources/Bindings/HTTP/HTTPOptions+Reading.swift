internal import Basics

extension HTTPOptions {
  /// The keys that all functions share.
  static let keys = [
    Schema.Key(
      "headers", .mapping,
      "Sent with every request, {Name: value}; without it only 'Content-Type: application/json'."),
    Schema.Key(
      "server-header", .text, "The header in which an answer names the server that gave it.",
      default: "X-Node"),
    tlsKey, connectionsKey(default: .fresh), longestAnswerKey,
  ]

  static let tlsKey = Schema.Key(
    "tls", .mapping,
    "For TLS: {ca: FILE, certificate: FILE, key: FILE, insecure: true}. 'ca' holds the"
      + " only authorities to trust (default: the machine's), 'certificate' and 'key' are the"
      + " client's own (default: none), 'insecure' (default false) takes any certificate. Paths"
      + " are seen from the file's folder, or else from the project's.")

  static let longestAnswerKey = Schema.Key(
    "longest-answer", .integer,
    "How many bytes of an answer are taken, at most 67108864; a longer answer is an error,"
      + " as one that breaks off.",
    default: "1048576")

  static func connectionsKey(default usual: Connections) -> Schema.Key {
    Schema.Key(
      "connections", .choice(Connections.allCases.map(\.rawValue)),
      "With fresh a connection for each operation; with kept it is used again, and an operation that was sent on"
        + " a connection that then broke is never sent again, its outcome is unknown.",
      default: usual.rawValue)
  }

  /// The keys of `tls` that name files.
  static let fileKeys = ["ca", "certificate", "key"]

  private static let tlsSchema = Schema(
    fileKeys.map { Schema.Key($0, .text, "A PEM file.") } + [
      Schema.Key("insecure", .flag, "Takes any certificate.")
    ])

  /// Reads the keys out of a client's settings.
  ///
  /// - Throws: which key is wrong; a key inside another is named with a dot, `tls.ca`.
  init(_ settings: Settings, connections usual: Connections = .fresh) throws(BindingError) {
    self.init()
    headers = try Self.headers(settings)
    tls = try Self.tls(settings)
    serverHeader = settings.text("server-header") ?? "X-Node"
    connections = settings.text("connections").flatMap { Connections(rawValue: $0) } ?? usual
    if let bytes = settings.integer("longest-answer") {
      guard (1...64 << 20).contains(bytes) else {
        throw BindingError(
          "longest-answer", "a number of bytes from 1 to 67108864 is expected here, not \(bytes)")
      }
      longestAnswer = bytes
    }
  }

  static func headers(_ settings: Settings) throws(BindingError) -> [Header] {
    guard case .mapping(let values)? = settings["headers"] else { return [] }
    var headers: [Header] = []
    for name in values.keys.sorted() {
      let key = "headers.\(name)"
      guard case .text(let value)? = values[name] else {
        throw BindingError(key, "the header '\(name)' must be a single value")
      }
      guard !name.isEmpty, name.utf8.allSatisfy({ isToken($0) }) else {
        throw BindingError(key, "'\(name)' cannot be the name of an HTTP header")
      }
      if let remedy = reserved[name.lowercased()] {
        throw BindingError(key, "the client writes the header '\(name)' itself; \(remedy)")
      }
      guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
        throw BindingError(key, "the header '\(name)' must be one line without control characters")
      }
      headers.append(Header(name: name, value: value))
    }
    return headers
  }

  /// A character of a token, as RFC 9110, 5.6.2 has it.
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  /// Headers that frame the message; one that contradicts the message would break it.
  private static let reserved = [
    "content-length": "leave it out", "transfer-encoding": "leave it out",
    "expect": "leave it out", "connection": "use 'connections' instead",
  ]

  private static func tls(_ settings: Settings) throws(BindingError) -> TLS {
    guard case .mapping(let values)? = settings["tls"] else { return TLS() }
    var texts: [(key: String, value: String)] = []
    for key in values.keys.sorted() {
      guard case .text(let text)? = values[key] else {
        throw BindingError("tls.\(key)", "'\(key)' must be a single value")
      }
      texts.append((key, text))
    }
    var read = Settings.none
    for (key, text) in texts {
      do throws(SettingTextError) {
        read[key] = try Settings([(key, text)], of: tlsSchema)[key]
      } catch { throw BindingError("tls.\(key)", error.message) }
    }
    return try tls(read: read)
  }

  private static func tls(read: Settings) throws(BindingError) -> TLS {
    var tls = TLS()
    tls.authorities = read.text("ca").map { .file($0) }
    tls.certificate = read.text("certificate").map { .file($0) }
    tls.key = read.text("key").map { .file($0) }
    tls.isInsecure = read.flag("insecure") ?? false
    if tls.key != nil, tls.certificate == nil {
      throw BindingError("tls.key", "'key' needs the 'certificate' it belongs to")
    }
    if tls.isInsecure, tls.authorities != nil {
      throw BindingError("tls.ca", "with 'insecure: true' no authority is asked; leave one out")
    }
    return tls
  }
}
