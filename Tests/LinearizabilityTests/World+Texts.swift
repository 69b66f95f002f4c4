import Basics

extension World {
  /// Texts are nearly always different; equal ones must fall back to the search.
  static let uniqueKeyValue = World(
    model: "kv", initial: [0, 0],
    draw: { chance in
      let key = Int.random(in: 0...4, using: &chance) == 0 ? 1 : 0
      let text = Int.random(in: 1...60, using: &chance)
      return switch Int.random(in: 0...5, using: &chance) {
      case 0: ("put", [key, text])
      case 1, 2: ("append", [key, text])
      default: ("get", [key])
      }
    },
    outcomes: keyValue.outcomes, noise: nearly, isKeyed: true)

  /// Nothing is ever put; few texts, so that many are equal.
  static let appends = World(
    model: "kv", initial: [0, 0],
    draw: { chance in
      Bool.random(using: &chance)
        ? ("append", [0, Int.random(in: 1...9, using: &chance)]) : ("get", [0])
    },
    outcomes: keyValue.outcomes, noise: nearly, isKeyed: true)

  /// What was read, but for one element that is missing, moved or made up.
  private static func nearly(_ operation: TinyOperation, _ chance: inout Chance) -> [Int] {
    var result = operation.result
    switch Int.random(in: 0...4, using: &chance) {
    case 0: result = Array(result.dropLast())
    case 1: result = Array(result.dropFirst())
    case 2: result.append(Int.random(in: 1...9, using: &chance))
    case 3 where result.count > 1: result.swapAt(0, result.count - 1)
    default: result = [Int.random(in: 1...9, using: &chance)]
    }
    return result
  }
}
