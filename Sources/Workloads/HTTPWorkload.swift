public import Basics
public import Histories

/// Any request, for availability and latency. Function: `request` (result: the status).
public struct HTTPWorkload: Workload {
  public static let kind = "http"
  public static let summary = "Sends one request over and over, for availability and latency."
  public static let contract = """
    METHOD path with 'body', the same every time. Ok is an answer with 'status' (200 to 299 without
    it) whose body has 'body-has' in it, where that is given. Nothing is asked when the run is over.
    GET and HEAD change nothing: what is not ok is fail. A request of any other method is fail where
    it certainly did not happen (nothing was sent, a status of 400 to 499 but 408, or one of
    'definite') and info for all else that is not ok: it may have happened.
    \(Contract.server)
    """
  public static let schema = Schema(
    [
      .path("What is asked for."),
      Schema.Key(
        "method", .choice(["GET", "HEAD", "POST", "PUT", "DELETE"]), "The method of the request.",
        default: "GET"),
      Schema.Key("body", .text, "What is sent along. Default: nothing."),
      Schema.Key(
        "status", .count(100...599), "The one status that is a success. Default: 200 to 299."),
      Schema.Key(
        "body-has", .text, "What the answer must contain to be a success. Default: anything."),
      .definite,
    ] + HTTPOptions.keys)

  public static let signatures = [
    Signature("request", argument: .nothing, result: .scalar)
  ]

  public var options: HTTPOptions
  private let template: Request
  private let expected: Int?
  private let needle: String?
  private let definite: Set<Int>

  /// The mark does not matter: no element is added.
  ///
  /// - Throws: what is wrong: a path without its '/', a header, or a key of `tls`.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    options = try HTTPOptions(settings)
    let method = settings.text("method") ?? "GET"
    template = Request(
      function: "request", method: method, path: try requirePath(settings, "path") ?? "",
      body: settings.text("body"), isRead: method == "GET" || method == "HEAD")
    expected = settings.integer("status")
    needle = settings.text("body-has")
    definite = settings.definiteStatuses
  }

  public func request(_ sequence: Int, using chance: inout Chance) -> Request { template }

  public var finalRead: Request? { nil }

  public func answer(to request: Request, _ response: Response) -> Answer {
    let isExpected =
      expected.map { $0 == response.status } ?? (200..<300).contains(response.status)
    guard isExpected else { return request.refusal(response, definite: definite) }
    if let needle, !response.body.contains(needle) {
      let message = "the answer does not contain '\(needle)'"
      return request.isRead ? .fail(message) : .info(message)
    }
    return .ok(.integer(Int64(response.status)))
  }
}
