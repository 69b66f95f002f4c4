public import Basics
public import Histories
import FoundationEssentials

/// Asks for identifiers: no two may ever be equal.
///
/// Function: `generate` (result: the identifier, a whole number or a text).
public struct UniqueIDsWorkload: Workload {
  public static let kind = "unique-ids"
  public static let summary = "Asks for identifiers, no two of which may be equal."
  public static let contract = """
    POST path with an empty body: issues one identifier. The answer is 200 to 299 with the identifier
    as the body: a whole number (17), a text without blanks (a-b), a JSON text ("a-b"), or a JSON
    object with it as the member 'id'. Nothing is asked when the run is over.
    An answer of 200 to 299 without an identifier is info: one may have been issued.
    \(Contract.outcomes)
    \(Contract.server)
    """
  public static let schema = Schema(
    [
      .path("POST issues one identifier: a whole number, a text, or JSON with a member `id`."),
      .definite,
    ] + HTTPOptions.keys)

  public static let signatures = [
    Signature("generate", argument: .nothing, result: .scalar)
  ]

  public var options: HTTPOptions
  /// In bytes.
  private static let longestIdentifier = 1_024

  private let path: String
  private let definite: Set<Int>

  /// The mark does not matter: the service chooses the identifiers.
  ///
  /// - Throws: what is wrong: a path without its '/', a header, or a key of `tls`.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    options = try HTTPOptions(settings)
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
      return .info("no identifier in the answer: \(response.body.beginning(ofBytes: 80))")
    }
    // One that is cut would be equal to others.
    if case .text(let text) = identifier, text.utf8.count > Self.longestIdentifier {
      return .info(
        "the identifier has \(text.utf8.count) bytes, more than the \(Self.longestIdentifier) that are"
          + " kept: \(text.beginning(ofBytes: 80))…")
    }
    return .ok(identifier)
  }

  /// `17`, `"a-b"`, `a-b`, `{"id": 17}` or `{"id": "a-b"}`; nil for an empty answer.
  static func identifier(in body: String) -> Payload? {
    let decoder = JSONDecoder()
    let data = Data(body.utf8)
    if let number = number(body) { return .integer(number) }
    if let holder = try? decoder.decode(Holder<Int64>.self, from: data) {
      return .integer(holder.id)
    }
    if let holder = try? decoder.decode(Holder<String>.self, from: data) {
      return named(holder.id)
    }
    if let text = try? decoder.decode(String.self, from: data) { return named(text) }
    let words = body.split(whereSeparator: \.isWhitespace)
    return words.count == 1 && !body.contains("{") ? .text(String(words[0])) : nil
  }

  /// `"17"` and `17` are one identifier, `007` and `7` are two.
  private static func named(_ text: String) -> Payload {
    number(text).map { .integer($0) } ?? .text(text)
  }

  /// The number that is written so and no other way; what stands around it aside.
  private static func number(_ text: String) -> Int64? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 1, let number = Int64(words[0]), "\(number)" == words[0] else {
      return nil
    }
    return number
  }

  private struct Holder<Content: Decodable>: Decodable { let id: Content }
}
