internal import Basics
public import Workloads

/// One line that a driver wrote.
public enum DriverAnswer: Hashable, Sendable {
  /// To `init`: the functions it serves.
  case initialized(functions: [String])
  /// To `setup`; nil when all is there.
  case prepared(DriverFailure?)
  /// To `open`.
  case opened(client: Int)
  /// To `invoke`.
  case completed(client: Int, id: Int, DriverOutcome)

  /// The longest line that is read, in bytes.
  public static let longest = 1 << 20

  /// - Throws: a sentence's end on what the line should have been.
  public init(reading line: String) throws(DriverGarbage) {
    guard let json = try? JSON(reading: line), case .object = json else {
      throw DriverGarbage("wrote what is no JSON object", line)
    }
    switch json["type"] {
    case .string("init_ok"): self = .initialized(functions: try Self.functions(json, line))
    case .string("setup_ok"): self = .prepared(nil)
    case .string("setup_failed"): self = .prepared(DriverFailure(json["error"]))
    case .string("open_ok"): self = .opened(client: try Self.number("client", json, line))
    case .string("complete"):
      self = .completed(
        client: try Self.number("client", json, line), id: try Self.number("id", json, line),
        try DriverOutcome(json, line))
    default: throw DriverGarbage("wrote a line of unknown type", line)
    }
  }

  private static func number(
    _ name: String, _ json: JSON, _ line: String
  ) throws(DriverGarbage) -> Int {
    guard case .integer(let number)? = json[name] else {
      throw DriverGarbage("wrote a line without the whole number '\(name)'", line)
    }
    return Int(number)
  }

  private static func functions(_ json: JSON, _ line: String) throws(DriverGarbage) -> [String] {
    guard case .array(let names)? = json["functions"] else {
      throw DriverGarbage("wrote an 'init_ok' without the list 'functions'", line)
    }
    return names.compactMap { if case .string(let name) = $0 { name } else { nil } }
  }
}

/// What a driver says came of an operation.
public enum DriverOutcome: Hashable, Sendable {
  /// It took effect. Without a value a write completes with its argument.
  case ok(Payload?, server: String?)
  /// It did not, as far as the failure says.
  case failed(DriverFailure, server: String?)
  /// Nobody knows; with what it may have completed with, where that is known.
  case unknown(DriverFailure, Payload?, server: String?)

  init(_ json: JSON, _ line: String) throws(DriverGarbage) {
    var server: String?
    if case .string(let name)? = json["server"] { server = name }
    switch json["outcome"] {
    case .string("ok"): self = .ok(json["value"].map { Payload($0) }, server: server)
    case .string("fail"): self = .failed(DriverFailure(json["error"]), server: server)
    case .string("info"):
      self = .unknown(
        DriverFailure(json["error"]), json["value"].map { Payload($0) }, server: server)
    default: throw DriverGarbage("wrote a 'complete' whose outcome is not ok, fail or info", line)
    }
  }
}

/// Why an operation is not ok, in the driver's words.
public struct DriverFailure: Hashable, Sendable {
  /// One of `DriverErrorCode`, or a word of the driver's own; nil where it named none.
  public let code: String?
  /// For a person.
  public let text: String
  /// Certainly it did not happen.
  public let isDefinite: Bool
  /// It is the server's good answer that it did not.
  public let isDeclined: Bool

  /// Whatever is not there is not known, and then the error is indefinite.
  init(_ json: JSON?) {
    var code: String?
    var text = ""
    var said: Bool?
    if case .string(let word)? = json?["code"] { code = word }
    if case .string(let words)? = json?["text"] { text = words }
    if case .bool(let flag)? = json?["definite"] { said = flag }
    self.code = code
    self.text = text
    isDefinite = DriverErrorCode.isDefinite(code, said: said)
    isDeclined = isDefinite && code.flatMap { DriverErrorCode(rawValue: $0) }?.isDeclined == true
  }

  /// Both, as the history keeps them.
  public var sentence: String {
    let parts = [code, text.isEmpty ? nil : text].compactMap { $0 }
    return parts.isEmpty ? "the driver gave no reason" : parts.joined(separator: ": ")
  }

  /// The same for a client that could not be prepared.
  public var error: ClientError { isDefinite ? .definite(sentence) : .indefinite(sentence) }
}

/// What a driver must not write.
public struct DriverGarbage: Error, Hashable {
  /// What it did: "wrote …".
  public let message: String

  init(_ message: String, _ line: String) {
    let beginning = line.beginning(ofBytes: 80) + (line.utf8.count > 80 ? "…" : "")
    self.message = "\(message): \(beginning)"
  }
}
