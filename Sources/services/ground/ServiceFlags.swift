import Glibc

/// The flags of a service's command line: `--listen 127.0.0.1:80`, each with a value.
///
/// A flag has an environment variable of the same name (`--node-bits` of orders-api is `ORDERS_API_NODE_BITS`), and
/// the flag wins.
public struct ServiceFlags: Sendable {
  private let program: String
  /// The names, without their hyphens.
  public let names: [String]
  private let usage: String

  /// - Parameter usage: shown to whoever typed a flag that there is not.
  public init(of program: String, _ names: [String], usage: String) {
    self.program = program
    self.names = names
    self.usage = usage
  }

  /// The environment variable that stands for a flag.
  public func variable(_ name: String) -> String {
    "\(program)-\(name)".uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  /// What this process's environment says in the flags' places, by the variables' names.
  public var environment: [String: String] {
    var result: [String: String] = [:]
    for name in names.map(variable) {
      if let value = getenv(name) { result[name] = String(cString: value) }
    }
    return result
  }

  /// Every flag that was given with its value: first those of the environment, so that a later one wins.
  ///
  /// - Throws: an argument that is no flag, or a flag without a value.
  public func read(
    _ arguments: [String], environment: [String: String]
  ) throws(ConfigurationError) -> [(name: String, value: String)] {
    var given: [(name: String, value: String)] = []
    for name in names {
      if let value = environment[variable(name)] { given.append((name, value)) }
    }
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      let name = String(flag.dropFirst(2))
      guard flag.hasPrefix("--"), names.contains(name) else {
        throw .init("unknown argument '\(flag)'\n\(usage)")
      }
      guard let value = rest.popFirst() else { throw .init("\(flag) needs a value") }
      given.append((name, value))
    }
    return given
  }

  /// What a flag's value stands for.
  ///
  /// - Throws: where `parse` makes nothing of it.
  public static func value<T>(
    of name: String, _ text: String, _ parse: (String) -> T?
  ) throws(ConfigurationError) -> T {
    guard let value = parse(text) else { throw .init("--\(name) cannot be '\(text)'") }
    return value
  }

  /// `ADDRESS:PORT`, in two parts.
  public static func place(
    of name: String, _ text: String
  ) throws(ConfigurationError) -> (address: String, port: UInt16) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { throw .init("--\(name) needs ADDRESS:PORT, not '\(text)'") }
    return (String(text[..<colon]), port)
  }
}

/// What is wrong with the command line, in words for the person who typed it.
public struct ConfigurationError: Error, Equatable {
  /// What it is, and what would be right.
  public let message: String

  /// The caller promises a sentence that can be acted on.
  public init(_ message: String) { self.message = message }
}
