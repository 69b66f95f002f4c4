internal import Basics
internal import Histories
internal import Workloads

/// One function as an HTTP request.
struct HTTPBinding: Sendable {
  static let schema = Schema([
    Schema.Key(
      "method", .choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
      "The method of the request. Default: GET for what only reads and for 'call', else POST."),
    Schema.Key(
      "path", .text,
      "Appended to the service's URL, with places such as {key}. Default: nothing, or /{key} where there"
        + " are several keys."),
    Schema.Key(
      "body", .text,
      "What is sent along, with places such as {value}. Default: the argument, where there is one and the"
        + " method is neither GET nor HEAD."),
    Schema.Key("headers", .mapping, "Sent with this request. Default: those of the client."),
    Schema.Key(
      "status", .count(100...599), "The one status that is a success. Default: 200 to 299."),
    Schema.Key(
      "absent", .list(of: .count(100...599)),
      "Statuses that say that nothing is there: the function completes with nothing. Default: none."
    ),
    Schema.Key(
      "declined", .list(of: .count(100...599)),
      "Statuses by which a service that is well says no: the function is fail, and that is a good answer."
        + " Default: none."),
    Schema.Key(
      "body-has", .text, "What the answer must contain to be a success. Default: anything."),
    Schema.Key(
      "ok-at", .text, "Where a JSON answer says whether it was done: succeeded. Default: nowhere."),
    Schema.Key(
      "ok-is", .text,
      "What stands there when it was; else it is fail, and a good answer of the service.",
      default: "true"),
    HTTPAnswer.key,
    Schema.Key(
      "at", .text,
      "Where the value stands in a JSON answer, such as kvs.0.value or items.*.id; nothing there means"
        + " nothing. Default: the whole answer, or its member 'id' or 'value' for a single value."),
    Schema.Key(
      "decode", .choice(["none", "base64"]), "How the text that stands there is written.",
      default: "none"),
  ])

  private let method: String
  private let base: String
  private let path: BindingTemplate?
  private let body: BindingTemplate?
  private let headers: [HTTPOptions.Header]
  private let status: Int?
  private let absent: Set<Int>
  private let declined: Set<Int>
  private let needle: String?
  private let okAt: AnswerPath?
  private let okIs: String
  private let answer: HTTPAnswer

  var isSafe: Bool { HTTPRequest(method: method, path: "").isSafe }

  /// - Parameter base: the path of what has none of its own.
  init(
    _ settings: Settings, of function: WorkloadFunction, below base: String
  ) throws(BindingError) {
    self.base = base
    let way = "functions.\(function.name)"
    let isGet = function.isRead || function.signature.result == .any
    method = settings.text("method") ?? (isGet ? "GET" : "POST")
    path = try Self.template(settings, "path", way, function)
    body = try Self.template(settings, "body", way, function)
    do throws(BindingError) { headers = try HTTPOptions.headers(settings) } catch {
      throw BindingError("\(way).\(error.key)", error.message)
    }
    status = settings.integer("status")
    absent = settings.statuses("absent")
    declined = settings.statuses("declined")
    needle = settings.text("body-has")
    okAt = settings.text("ok-at").map { AnswerPath($0) }
    okIs = settings.text("ok-is") ?? "true"
    answer = HTTPAnswer(settings, of: function)
  }

  private static func template(
    _ settings: Settings, _ key: String, _ way: String, _ function: WorkloadFunction
  ) throws(BindingError) -> BindingTemplate? {
    guard let text = settings.text(key) else { return nil }
    if key == "path" { _ = try Self.path(settings, at: "\(way).path") }
    return try BindingTemplate(text, at: "\(way).\(key)", for: function)
  }

  /// The path or the query below the service's URL; empty where none is given.
  static func path(_ settings: Settings, at key: String) throws(BindingError) -> String {
    guard let text = settings.text("path") else { return "" }
    guard text.isEmpty || text.hasPrefix("/") || text.hasPrefix("?") else {
      throw BindingError(key, "a path starts with '/': write '/\(text)'")
    }
    return text
  }

  func request(_ invocation: Invocation) -> HTTPRequest {
    let usualPath = base + (invocation.key == .none ? "" : "/" + invocation.key.text)
    var request = HTTPRequest(
      method: method, path: path?.text(invocation, usual: .url) ?? usualPath, headers: headers)
    if let body {
      request.body = body.text(invocation)
    } else if !request.isSafe {
      request.body = invocation.argument.text
    }
    return request
  }

  /// Nil for an answer whose status is no success.
  func completion(_ response: HTTPResponse, of invocation: Invocation) -> Completion? {
    if absent.contains(response.status) { return .ok(.none, by: response.node) }
    if declined.contains(response.status) {
      return .declined("HTTP \(response.status)", by: response.node)
    }
    let isSuccess = status.map { $0 == response.status } ?? (200..<300).contains(response.status)
    guard isSuccess else { return nil }
    if let needle, !response.body.contains(needle) {
      return unfit("the answer does not contain '\(needle)'", response, invocation)
    }
    if let okAt {
      guard let json = try? JSON(reading: response.body) else {
        return unfit("the answer is no JSON", response, invocation)
      }
      let found = okAt.value(in: Payload(json)).text
      guard found == okIs else {
        return .declined("the answer says '\(found)', not '\(okIs)'", by: response.node)
      }
    }
    switch answer.result(response, of: invocation) {
    case .success(let result): return .ok(result, by: response.node)
    case .failure(let refusal): return unfit(refusal.message, response, invocation)
    }
  }

  /// A success that does not say what it must: the service has acted, nobody knows how.
  private func unfit(
    _ message: String, _ response: HTTPResponse, _ invocation: Invocation
  ) -> Completion {
    invocation.completion(.indefinite(message), isSafe: isSafe, by: response.node)
  }
}
