internal import YAML

/// A workload in a few words: `call page 50/s`, `set orders`; or as an experiment has it, in braces.
struct WorkloadWords {
  /// What a rate is where none is said.
  static let usualRate = "50/s"

  /// The workload, as it stands under `workloads:`.
  ///
  /// - Throws: what is not understood; whether its kind and service are known is judged by who reads workloads.
  static func node(_ text: String) throws(Problem) -> YAMLNode {
    if isBraced(text) { return try YAMLNode.parse(text: text, file: "--traffic") }
    let fillers: Set = ["of", "on", "at", "with", "clients", "the"]
    let words = text.split { $0.isWhitespace || $0 == "," }.map(String.init)
      .filter { !fillers.contains($0) }
    guard (2...4).contains(words.count) else {
      throw Problem(
        Mark(file: "--traffic", line: 0),
        "'\(text)' is no workload; say its kind, a service and a rate: call page 50/s")
    }
    var keys = StepKeys()
    keys.set("kind", text: words[0])
    keys.set("service", text: words[1])
    let rate = words.dropFirst(2).first { $0.contains("/") }
    keys.set("rate", text: rate ?? usualRate)
    for word in words.dropFirst(2) where word != rate {
      guard Int(word) != nil else {
        throw Problem(
          Mark(file: "--traffic", line: 0),
          "'\(word)' is neither a rate such as 50/s nor a number of clients")
      }
      keys.set("clients", text: word)
    }
    return keys.node
  }

  /// Whether a text is a workload, and not the name of an experiment.
  static func isWorkload(_ text: String) -> Bool { isBraced(text) || text.contains(" ") }

  private static func isBraced(_ text: String) -> Bool {
    text.drop { $0.isWhitespace }.hasPrefix("{")
  }

  /// Workloads under names of their own, beside those that there are: each its service's, with a number where that is
  /// taken.
  static func entries(_ texts: [String], beside taken: [String]) throws(Problem) -> [YAMLNode.Entry]
  {
    var names = Set(taken)
    var entries: [YAMLNode.Entry] = []
    for text in texts {
      let node = try node(text)
      let base = node["service"]?.text ?? "traffic"
      let name =
        names.contains(base)
        ? (2...).lazy.map { "\(base)-\($0)" }.first { !names.contains($0) } ?? base : base
      names.insert(name)
      entries.append(.init(key: name, mark: node.mark, value: node))
    }
    return entries
  }
}
