public import Basics
public import Workloads

/// Any protocol in any language: a program that speaks JSON lines on its standard input and output.
public struct DriverBindings: ClientBindings {
  public static let client = "driver"
  public static let summary = "Any program that speaks JSON lines, declared in fixtures/drivers."
  public static let schemes: [String] = []
  public static let takesSeveralServers = true
  public static let folders = ["fixtures/drivers"]
  public static let contract = """
    One program for each client node and workload, on the node, with a client in it for each of ours: it is
    told each operation on a line and answers on a line (fixtures/drivers/README.md has the protocol).
    Its answer ok is ok; fail is fail where its error is definite: a code of the protocol's table that is, or
    one of its own with 'definite: true'. All else is info for a write: a fail without such a code, info, no
    answer in time, and whatever was in flight when the program ended or broke the protocol (an answer given
    twice, for another client, or that is none); it is then started again. What only reads is never info.
    What could not be sent is fail. Without a value an ok write completes with its argument.
    """
  public static let schema = Schema([
    Schema.Key(
      "name", .text, "Which driver: a folder of fixtures/drivers with a driver.yaml.",
      isRequired: true),
    Schema.Key(
      "options", .mapping, "Handed to the driver with its first line, as texts. Default: none."),
  ])
  public static let functionSchema = Schema.empty

  /// Which driver.
  public let name: String
  /// What it is handed.
  public let options: JSON
  /// What may be invoked.
  public let functions: [WorkloadFunction]
  /// What its file says; nil before it was looked for.
  public private(set) var declaration: DriverDeclaration?

  public static func serves(_ function: WorkloadFunction) -> Bool { true }

  /// - Throws: where no driver is named.
  public init(
    _ settings: ClientSettings, functions: [WorkloadFunction]
  ) throws(BindingError) {
    guard let name = settings.own.text("name") else {
      throw BindingError("name", "the client 'driver' needs a 'name', a folder of fixtures/drivers")
    }
    self.name = name
    self.functions = functions
    options = settings.own["options"].map { JSON(setting: $0) } ?? .object([])
  }

  /// Takes what the driver's file says.
  ///
  /// - Parameter urls: of the service and its replicas.
  /// - Throws: what the driver does not serve.
  public mutating func take(
    _ declaration: DriverDeclaration, for urls: [String]
  ) throws(BindingError) {
    for function in functions where !declaration.serves(function.name) {
      throw BindingError(
        "name",
        "the driver '\(name)' does not serve '\(function.name)'; it serves "
          + (declaration.functions ?? []).joined(separator: ", "))
    }
    for url in urls where !declaration.schemes.isEmpty {
      let scheme = url.firstRange(of: "://").map { String(url[..<$0.lowerBound]) } ?? ""
      guard !declaration.schemes.contains(scheme) else { continue }
      throw BindingError(
        "name",
        "the driver '\(name)' speaks \(declaration.schemes.joined(separator: ", ")), but the"
          + " service is at \(url)")
    }
    self.declaration = declaration
  }

  /// What an outcome means for an invocation.
  public func completion(_ outcome: DriverOutcome, of invocation: Invocation) -> Completion {
    switch outcome {
    case .ok(let value, let server):
      let usual = invocation.function.isRead ? Payload.none : invocation.argument
      return .ok(value ?? usual, by: server)
    case .failed(let failure, let server) where failure.isDeclined:
      return .declined(failure.sentence, by: server)
    case .failed(let failure, let server):
      return invocation.completion(failure.error, by: server)
    case .unknown(let failure, let value, let server):
      var completion = invocation.completion(.indefinite(failure.sentence), by: server)
      if invocation.function.takesOut { completion.result = value ?? .none }
      return completion
    }
  }
}

extension JSON {
  /// What was written in a file: a single value is a text.
  fileprivate init(setting: Setting) {
    switch setting {
    case .mapping(let values):
      self = .object(
        values.sorted { $0.key < $1.key }.map { Member($0.key, JSON(setting: $0.value)) })
    case .list(let values): self = .array(values.map { JSON(setting: $0) })
    case .text(let text): self = .string(text)
    case .integer(let number): self = .integer(number)
    case .flag(let flag): self = .bool(flag)
    case .number(let number): self = .number(number)
    default: self = .string("\(setting)")
    }
  }
}
