internal import Basics
internal import YAML

/// Turns a condition as people say it into the one that an experiment would have:
///
///     errors > 20% for 5s of orders      {bad: 20%, over: 5s, workload: orders}
///     p99 > 500ms for 5s                 {latency: 500ms, share: 1%, over: 5s}
///     lag of db-b/db > 10 for 5s         {probe: lag, of: db-b/db, above: 10, for: 5s}
enum ConditionWords {
  /// The share of the slowest that a percentile leaves.
  private static let tails = ["p50": "50%", "p90": "10%", "p95": "5%", "p99": "1%"]
  static let place = Mark(file: "--abort-when", line: 0)

  /// - Throws: what is not understood, with how it is written. Whether what is named exists is judged by who
  ///   reads the conditions of files.
  static func node(_ text: String) throws(Problem) -> YAMLNode {
    if text.drop(while: \.isWhitespace).hasPrefix("{") {
      return try .parse(text: text, file: "--abort-when")
    }
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let length = try take("for", &words, isRight: { Duration(text: $0) != nil })
    guard let sign = words.firstIndex(where: { $0 == ">" || $0 == "<" }), sign > 0,
      sign + 1 < words.count
    else { throw unclear(text) }
    let (bound, isAbove) = (words[sign + 1], words[sign] == ">")
    let rest = Array(words[..<sign] + words[(sign + 2)...])
    let about = rest.count == 3 && rest[1] == "of" ? rest[2] : nil
    guard rest.count == 1 || about != nil else { throw unclear(text) }
    var keys = StepKeys()
    switch rest[0] {
    case "errors" where isAbove, "bad" where isAbove:
      keys.set("bad", text: bound)
      keys.set("over", text: length)
      keys.set("workload", text: about)
    case "latency" where isAbove, "p50" where isAbove, "p90" where isAbove, "p95" where isAbove,
      "p99" where isAbove:
      keys.set("latency", text: bound)
      keys.set("share", text: tails[rest[0]])
      keys.set("over", text: length)
      keys.set("workload", text: about)
    default:
      guard let about else { throw unclear(text) }
      keys.set("probe", text: rest[0])
      keys.set("of", text: about)
      keys.set(isAbove ? "above" : "below", text: bound)
      keys.set("for", text: length)
    }
    return keys.node
  }

  /// Takes a word and what follows it.
  private static func take(
    _ word: String, _ words: inout [String], isRight: (String) -> Bool
  ) throws(Problem) -> String? {
    guard let index = words.lastIndex(of: word) else { return nil }
    guard index + 1 < words.count, isRight(words[index + 1]) else {
      throw Problem(place, "'\(word)' needs a time such as 5s behind it")
    }
    let value = words[index + 1]
    words.removeSubrange(index...(index + 1))
    return value
  }

  private static func unclear(_ text: String) -> Problem {
    Problem(
      place,
      "'\(text)' is no condition; write errors > 20% for 5s, p99 > 500ms for 5s, "
        + "PROBE of NODE/COMPONENT > 10 for 5s, or one of an experiment in braces")
  }
}
