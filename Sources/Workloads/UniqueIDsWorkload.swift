public import Basics
public import Histories
import FoundationEssentials

/// Asks for identifiers: no two may ever be equal.
///
/// Function: `generate` (result: the identifier, a whole number or a text).
public struct UniqueIDsWorkload: Workload {
  public static let kind = "unique-ids"
  public static let summary = "Asks for identifiers, no two of which may be equal."
  public static let schema = Schema([
    .path("POST issues one identifier: a whole number, a text, or JSON with a member `id`."),
    .definite,
  ])

  public static let signatures = [
    Signature("generate", argument: .nothing, result: .scalar)
  ]

  private let path: String
  private let definite: Set<Int>

  public init(_ settings: Settings) throws(WorkloadError) {
    path = try requirePath(settings, "path") ?? ""
    definite = settings.definiteStatuses
  }

  public func request(_ sequence: Int, using chance: inout Chance) -> Request {
    Request(function: "generate", method: "POST", path: path, body: "", isRead: false)
  }

  public var finalRead: Request? { nil }

  public func answer(to request: Request, _ response: Response) -> Answer {
    guard (200..<300).contains(response.status) else {
      return request.refusal(response, definite: definite)
    }
    guard let identifier = Self.identifier(in: response.body) else {
      return .info("no identifier in the answer: \(response.body.prefix(80))")
    }
    return .ok(identifier)
  }

  /// `17`, `"a-b"`, `a-b`, `{"id": 17}` or `{"id": "a-b"}`; nil for an empty answer.
  static func identifier(in body: String) -> Payload? {
    let decoder = JSONDecoder()
    let data = Data(body.utf8)
    if let number = Int64(body.filter { !$0.isWhitespace }) { return .integer(number) }
    if let holder = try? decoder.decode(Holder<Int64>.self, from: data) {
      return .integer(holder.id)
    }
    if let holder = try? decoder.decode(Holder<String>.self, from: data) {
      return Int64(holder.id).map { .integer($0) } ?? .text(holder.id)
    }
    if let text = try? decoder.decode(String.self, from: data) { return .text(text) }
    let words = body.split(whereSeparator: \.isWhitespace)
    return words.count == 1 && !body.contains("{") ? .text(String(words[0])) : nil
  }

  private struct Holder<Content: Decodable>: Decodable { let id: Content }
}
