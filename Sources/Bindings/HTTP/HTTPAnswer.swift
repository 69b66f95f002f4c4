internal import Basics
internal import FoundationEssentials
internal import Histories
internal import Workloads

/// How an answer's body is read.
struct HTTPAnswer: Sendable {
  static let key = Schema.Key(
    "answer", .choice(["usual", "argument", "status", "text", "json", "nothing"]),
    "What the function completes with: its argument, the status, the body as a text or as JSON. usual:"
      + " the argument of a write that has one, the status of 'call', else the body.",
    default: "usual")

  private enum Content { case argument, status, text, json, nothing, body }

  struct Refusal: Error, Hashable {
    let message: String
  }

  private let content: Content
  private let path: AnswerPath?
  private let isBase64: Bool

  init(_ settings: Settings, of function: WorkloadFunction) {
    path = settings.text("at").map { AnswerPath($0) }
    isBase64 = settings.text("decode") == "base64"
    switch settings.text("answer") {
    case "argument": content = .argument
    case "status": content = .status
    case "text": content = .text
    case "json": content = .json
    case "nothing": content = .nothing
    default:
      content =
        path != nil
        ? .json
        : function.signature.result == .any
          ? .status
          : !function.isRead && function.signature.argument != .nothing ? .argument : .body
    }
  }

  func result(
    _ response: HTTPResponse, of invocation: Invocation
  ) -> Result<Payload, Refusal> {
    switch content {
    case .argument: .success(invocation.argument)
    case .status: .success(.integer(Int64(response.status)))
    case .nothing: .success(.none)
    case .text: .success(Payload.text(response.body.trimmed).spellingNumbers)
    case .json: json(response.body, of: invocation.function)
    case .body:
      isList(invocation.function)
        ? json(response.body, of: invocation.function)
        : scalar(response.body)
    }
  }

  private func isList(_ function: WorkloadFunction) -> Bool {
    function.signature.result != .scalar && function.signature.result != .nothing
  }

  private func json(_ body: String, of function: WorkloadFunction) -> Result<Payload, Refusal> {
    let document: JSON
    do throws(JSON.ReadingError) { document = try JSON(reading: body) } catch {
      let beginning = body.beginning(ofBytes: 80) + (body.utf8.count > 80 ? "…" : "")
      return .failure(Refusal(message: "the answer must be JSON, not: \(beginning)"))
    }
    let found = (path ?? AnswerPath("")).value(in: Payload(document))
    guard isBase64 else { return .success(found.spellingNumbers) }
    guard let decoded = found.decodingBase64 else {
      return .failure(Refusal(message: "the answer's value is not in base64"))
    }
    return .success(decoded.spellingNumbers)
  }

  /// `17`, `"a-b"`, `a-b`, `{"id": 17}` or `{"value": "a-b"}`; nothing for an empty body and for null.
  private func scalar(_ body: String) -> Result<Payload, Refusal> {
    guard let json = try? JSON(reading: body) else {
      let words = body.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { return .success(.none) }
      guard words.count == 1, !body.contains("{") else { return .failure(Self.noValue(body)) }
      return .success(Payload.text(String(words[0])).spellingNumbers)
    }
    switch json["id"] ?? json["value"] ?? json {
    case .null: return .success(.none)
    case let value where value.isSingle: return .success(Payload(value).spellingNumbers)
    // A number of its own spelling is a name, not a quantity: 1e3 and 1000 are two identifiers.
    case .number: return .success(.text(body.trimmed))
    default: return .failure(Self.noValue(body))
    }
  }

  private static func noValue(_ body: String) -> Refusal {
    Refusal(message: "no single value in the answer: \(body.beginning(ofBytes: 80))")
  }
}

extension JSON {
  fileprivate var isSingle: Bool {
    switch self {
    case .string, .integer, .bool: true
    case .null, .number, .array, .object: false
    }
  }
}

extension Payload {
  /// Every text decoded; nil where one is not in base64.
  fileprivate var decodingBase64: Payload? {
    switch self {
    case .text(let text):
      return Data(base64Encoded: text).map { .text(String(decoding: $0, as: UTF8.self)) }
    case .list(let elements):
      let decoded = elements.compactMap(\.decodingBase64)
      return decoded.count == elements.count ? .list(decoded) : nil
    default: return self
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
