public import Basics
import FoundationEssentials

/// Adds unique elements and reads them all: what was acknowledged must be there in the end.
///
/// An element is the number of its request, so it is unique without asking anyone. Functions:
/// `add` (argument: the element) and `read` (result: a list).
public struct SetWorkload: Workload {
  public static let kind = "set"
  public static let summary = "Adds unique elements, reads them all."
  public static let schema = Schema([
    .path("POST adds one element (the body, a whole number); GET answers all (a JSON array)."),
    Schema.Key("reads", .ratio, "The share of requests that read.", default: "5%"),
    Schema.Key("final-path", .text, "What final reads ask each replica; without it, `path`."),
    .definite,
  ])

  private let path: String
  private let reads: Ratio
  private let finalPath: String
  private let definite: Set<Int>

  public init(_ settings: Settings) throws(WorkloadError) {
    path = try requirePath(settings, "path") ?? ""
    finalPath = try requirePath(settings, "final-path") ?? path
    reads = settings.ratio("reads") ?? Ratio(0.05)
    definite = settings.definiteStatuses
  }

  public func request(_ sequence: Int, using chance: inout Chance) -> Request {
    if chance.roll(reads) { return read(path) }
    let element = Int64(sequence + 1)
    return Request(
      function: "add", argument: .integer(element), method: "POST", path: path,
      body: String(element), isRead: false)
  }

  public var finalRead: Request? { read(finalPath) }

  private func read(_ path: String) -> Request {
    Request(function: "read", method: "GET", path: path, isRead: true)
  }

  public func answer(to request: Request, _ response: Response) -> Answer {
    guard (200..<300).contains(response.status) else {
      return request.refusal(response, definite: definite)
    }
    guard request.isRead else { return .ok(request.argument) }
    guard let elements = try? JSONDecoder().decode([Int64].self, from: Data(response.body.utf8))
    else { return .fail("not a JSON array of whole numbers: \(response.body.prefix(80))") }
    return .ok(.integers(elements))
  }
}
