internal import Basics

extension Payload {
  /// What it is and how it begins, for a sentence that says what came in the place of something else.
  var account: String {
    let text = text
    let beginning = text.beginning(ofBytes: 80) + (text.utf8.count > 80 ? "…" : "")
    return "\(kind): \(beginning)"
  }

  private var kind: String {
    switch self {
    case .none: "nothing"
    case .flag: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .text(let text) where text.isEmpty: "an empty text"
    case .text(let text) where text.first == "<": "a page of markup"
    case .text, .symbol: "a text"
    case .map: "an object"
    case .list(let elements): Self.kind(of: elements)
    }
  }

  private static func kind(of elements: [Payload]) -> String {
    let odd = elements.first { $0.integer == nil } ?? .none
    switch odd {
    case .text, .symbol: return "a list with texts"
    case .number: return "a list with numbers that are not whole"
    case .list: return "a list of lists"
    default: return "a list with other things in it"
    }
  }
}
