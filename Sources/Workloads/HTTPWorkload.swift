public import Basics

/// Any request, for availability and latency. Function: `request` (result: the status).
public struct HTTPWorkload: Workload {
  public static let kind = "http"
  public static let summary = "Sends one request over and over, for availability and latency."
  public static let schema = Schema([
    .path("What is asked for."),
    Schema.Key(
      "method", .choice(["GET", "HEAD", "POST", "PUT", "DELETE"]), "The method of the request.",
      default: "GET"),
    Schema.Key("body", .text, "What is sent along."),
    Schema.Key("status", .integer, "The one status that is a success; without it, 200 to 299."),
    Schema.Key("body-has", .text, "What the answer must contain to be a success."),
    .definite,
  ])

  private let template: Request
  private let expected: Int?
  private let needle: String?
  private let definite: Set<Int>

  public init(_ settings: Settings) throws(WorkloadError) {
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
