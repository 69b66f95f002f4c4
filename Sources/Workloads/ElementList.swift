internal import Basics
import FoundationEssentials

/// What a set answers a read with: a JSON array of whole numbers, `[1, 2]`, and nothing else.
enum ElementList {
  /// The elements, or a sentence that says what came in their place.
  static func read(_ body: String) -> Result<[Int64], Refusal> {
    if let elements = decode([Int64].self, body) { return .success(elements) }
    let beginning = body.beginning(ofBytes: 80) + (body.utf8.count > 80 ? "…" : "")
    return .failure(
      Refusal(
        message: "the answer must be a JSON array of whole numbers such as [1, 2], not "
          + "\(kind(of: body)): \(beginning)"))
  }

  struct Refusal: Error, Hashable {
    let message: String
  }

  private static func kind(of body: String) -> String {
    switch body.first(where: { !$0.isWhitespace }) {
    case nil: "an empty text"
    case "{": "an object"
    case "[": kindOfArray(body)
    case "<": "a page of markup"
    default: "a text without an array"
    }
  }

  private static func kindOfArray(_ body: String) -> String {
    if decode([String].self, body) != nil { return "an array of texts" }
    if decode([Double].self, body) != nil { return "an array with numbers that are not whole" }
    if decode([[Int64]].self, body) != nil { return "an array of arrays" }
    return "an array that is cut off or has other things in it"
  }

  private static func decode<Content: Decodable>(_ type: Content.Type, _ body: String) -> Content? {
    try? JSONDecoder().decode(type, from: Data(body.utf8))
  }
}
