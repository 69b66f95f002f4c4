public import Basics
internal import Histories
public import Workloads

/// DNS over UDP: what a server says of a name.
public struct DNSBindings: ClientBindings {
  public static let client = "dns"
  public static let summary =
    "DNS, by c-ares: what a server answers for a name, its TTL honoured or not."
  public static let schemes = ["dns"]
  public static let contract = """
    Asks the server of the URL, dns://HOST:PORT, for records of 'type' of 'name'. It is ok with an answer
    that has such records, and with one that has none where 'absent' says so (it completes with nothing).
    It completes with a list for a function that wants one, else with the first record; addresses as texts,
    a text that spells a whole number is one. Everything else is fail, never info: a question changes nothing.
    With 'ttl: honoured' an answer is used again until the least of its TTLs is over, and nothing is asked.
    The address of the server that was asked is the server.
    """
  public static let schema = Schema([
    Schema.Key(
      "ttl", .choice(["ignored", "honoured"]),
      "Whether an answer is used again for as long as it says that it may be.", default: "ignored"),
    Schema.Key(
      "tries", .count(1...10),
      "How often a question is sent within the timeout; the same question twice changes nothing.",
      default: "1"),
  ])
  public static let functionSchema = Schema([
    Schema.Key("name", .text, "The name, with places such as {key}.", isRequired: true),
    Schema.Key(
      "type", .choice(DNSRecordType.allCases.map(\.rawValue)), "The type of records.", default: "A"),
    Schema.Key(
      "absent", .flag, "Whether no such name and no such record is an answer.", default: "false"),
  ])

  /// One question.
  public struct Question: Hashable, Sendable {
    /// The name as it is asked for.
    public let name: String
    /// The type of records.
    public let type: DNSRecordType
    /// Whether an answer without records is one.
    public let allowsNone: Bool
  }

  /// Whether answers are used again until their TTL is over.
  public let honoursTTL: Bool
  /// How often a question is sent.
  public let tries: Int
  private let names: [String: BindingTemplate]
  private let types: [String: (type: DNSRecordType, allowsNone: Bool)]

  /// Nothing can be changed by asking.
  public static func serves(_ function: WorkloadFunction) -> Bool {
    function.isRead && function.signature.result != .map
      || function.signature.result == .any
  }

  /// - Throws: a wrong template, and a function that nothing is said of.
  public init(
    _ settings: ClientSettings, functions: [WorkloadFunction]
  ) throws(BindingError) {
    honoursTTL = settings.own.text("ttl") == "honoured"
    tries = settings.own.integer("tries") ?? 1
    var names: [String: BindingTemplate] = [:]
    var types: [String: (type: DNSRecordType, allowsNone: Bool)] = [:]
    for function in functions {
      guard let own = settings.functions[function.name], let name = own.text("name") else {
        throw BindingError("functions", "say which name '\(function.name)' asks for: {name: …}")
      }
      names[function.name] = try BindingTemplate(
        name, at: "functions.\(function.name).name", for: function)
      let type = own.text("type").flatMap { DNSRecordType(rawValue: $0) } ?? .a
      types[function.name] = (type, own.flag("absent") ?? false)
    }
    self.names = names
    self.types = types
  }

  /// What is asked for an invocation.
  ///
  /// The caller promises a function that the bindings were made with.
  public func question(_ invocation: Invocation) -> Question {
    guard let name = names[invocation.function.name],
      let (type, allowsNone) = types[invocation.function.name]
    else { fatalError("no binding was made for '\(invocation.function.name)'") }
    return Question(name: name.text(invocation), type: type, allowsNone: allowsNone)
  }

  /// What the records of an answer mean.
  ///
  /// - Parameter records: those of the type that was asked for, as texts.
  public func completion(
    _ records: [String], of invocation: Invocation, by server: String
  ) -> Completion {
    let question = question(invocation)
    guard !records.isEmpty else {
      return question.allowsNone
        ? .ok(by: server) : .fail("no \(question.type.rawValue) of \(question.name)", by: server)
    }
    let values = records.map { Payload.text($0).spellingNumbers }
    return .ok(
      invocation.function.signature.result == .list ? .list(values) : values[0], by: server)
  }
}

/// The types of records that can be asked for, by their names (RFC 1035, 3.2.2; 3596; 2782).
public enum DNSRecordType: String, CaseIterable, Sendable {
  case a = "A"
  case aaaa = "AAAA"
  case txt = "TXT"
  case cname = "CNAME"
  case srv = "SRV"
  case ns = "NS"

  /// The number in questions and records.
  public var number: Int32 {
    switch self {
    case .a: 1
    case .ns: 2
    case .cname: 5
    case .txt: 16
    case .aaaa: 28
    case .srv: 33
    }
  }
}
