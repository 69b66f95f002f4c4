public import Basics
internal import Histories
public import Workloads

/// Any protocol of lines and texts over TCP or TLS: a text is sent, and what comes back is compared with
/// patterns.
public struct TCPBindings: ClientBindings {
  public static let client = "tcp"
  public static let summary = "Texts over TCP or TLS: what is sent, and what an answer looks like."
  public static let schemes = ["tcp", "tls"]
  public static let contract = """
    Sends 'send' and reads until the answer begins like one of the patterns. A pattern has {any}
    and {value} in it, each as short as what follows allows: "VALUE {any}\\r\\n{value}\\r\\nEND\\r\\n".
    It is ok with an answer like 'expect' or 'absent' (which says that nothing is there). It completes with
    the {value} of the pattern, where it has one; a text that spells a whole number is one; else with the
    argument. It is fail with an answer like 'declined' or 'refused', and where nothing was sent. Any other answer, a
    broken connection and a timeout are info for a write, fail for what only reads; the connection is then
    closed, for what comes later would answer something else.
    """
  public static let schema = Schema([
    Schema.Key(
      "greeting", .text, "What the server says first, a pattern. Default: nothing is waited for."),
    HTTPOptions.tlsKey, HTTPOptions.connectionsKey(default: .kept), HTTPOptions.longestAnswerKey,
  ])
  public static let functionSchema = Schema([
    Schema.Key(
      "send", .text, "What is sent, with places such as {key} and {value}.", isRequired: true),
    Schema.Key("expect", .text, "What a good answer looks like, a pattern.", isRequired: true),
    Schema.Key("absent", .text, "An answer that says that nothing is there. Default: none."),
    Schema.Key(
      "declined", .text,
      "An answer that says no to what was asked, such as another value than expected: it is fail, and a good"
        + " answer of the service. Default: none."),
    Schema.Key(
      "refused", .text, "An answer that says that nothing was done: it is fail. Default: none."),
    Schema.Key(
      "each", .text,
      "A pattern that the {value} is made of, over and over, for a list. Default: one value."),
  ])
  public static let fileKeys = HTTPOptions.fileKeys.map { "tls.\($0)" }

  /// Connections, TLS and the longest answer; headers have no meaning here.
  public private(set) var options: HTTPOptions
  /// What the server says first; nil where nothing is waited for.
  public let greeting: TextPattern?
  private let bindings: [String: TCPBinding]

  /// A text has no transactions and no maps.
  public static func serves(_ function: WorkloadFunction) -> Bool {
    function.signature.argument != .transaction && function.signature.result != .map
  }

  /// - Throws: a wrong pattern, template or key of `tls`, and a function that nothing is said of.
  public init(
    _ settings: ClientSettings, functions: [WorkloadFunction]
  ) throws(BindingError) {
    options = try HTTPOptions(settings.own, connections: .kept)
    greeting = try TCPBinding.pattern(settings.own, "greeting", "")
    var bindings: [String: TCPBinding] = [:]
    for function in functions {
      guard let own = settings.functions[function.name] else {
        throw BindingError(
          "functions", "say what is sent to '\(function.name)': {send: …, expect: …}")
      }
      bindings[function.name] = try TCPBinding(own, of: function)
    }
    self.bindings = bindings
  }

  /// Reads the PEM files of `tls`.
  public mutating func load<Failure>(
    _ read: (String) throws(Failure) -> [UInt8]
  ) throws(Failure) { try options.load(read) }

  /// What is sent for an invocation.
  ///
  /// The caller promises a function that the bindings were made with.
  public func text(_ invocation: Invocation) -> String { binding(of: invocation).text(invocation) }

  /// What the bytes that came so far mean; nil while more must come.
  public func completion(_ bytes: [UInt8], of invocation: Invocation) -> Completion? {
    binding(of: invocation).completion(bytes, of: invocation)
  }

  private func binding(of invocation: Invocation) -> TCPBinding {
    guard let binding = bindings[invocation.function.name] else {
      fatalError("no binding was made for '\(invocation.function.name)'")
    }
    return binding
  }
}
