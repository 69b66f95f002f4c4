internal import Basics
internal import Experiments
public import Stacks
internal import YAML

/// Reads what somebody wrote of an incident as what is to be done: `lb-a lost power`, `promoted db-b by hand`, `site a was
/// cut off from sites b and c`, `connectivity was restored`.
public struct IncidentWords {
  let stack: ResolvedStack
  let names: [(said: String, meant: String)]

  /// What a sentence comes to.
  public enum Meaning: Equatable, Sendable {
    /// Steps as `inject` takes them, at the same moment.
    case steps([String])
    /// The end of what is about one of these words, and of what is about ways between nodes if so; of the newest where
    /// neither is said.
    case end(of: [String], isAboutWays: Bool)
    /// Nothing that can be done: why.
    case unclear(String)
  }

  /// - Parameter names: what the sentences call something, and what it is in the stack.
  public init(stack: ResolvedStack, names: [(said: String, meant: String)] = []) {
    self.stack = stack
    self.names = names.sorted { $0.said.count > $1.said.count }
  }

  /// What somebody else did, the thing first: `web-a died`.
  private static let fates: [(words: [String], verb: String)] = [
    (["lost", "power"], "kill"), (["lost", "its", "power"], "kill"), (["went", "down"], "kill"),
    (["went", "away"], "kill"), (["died"], "kill"), (["crashed"], "kill"), (["failed"], "kill"),
    (["was", "killed"], "kill"), (["was", "lost"], "kill"), (["rebooted"], "kill"),
    (["hung"], "pause"), (["froze"], "pause"), (["stalled"], "pause"),
    (["was", "paused"], "pause"),
    (["stopped", "answering"], "pause"), (["stopped", "responding"], "pause"),
    (["ran", "out", "of", "disk"], "disk-full"), (["had", "a", "full", "disk"], "disk-full"),
    (["was", "promoted"], "promote"), (["was", "restarted"], "restart"),
    (["was", "started"], "start"), (["was", "stopped"], "stop"), (["was", "shut", "down"], "stop"),
  ]
  /// What somebody did to it: `promoted db-b`.
  private static let deeds: [(word: String, verb: String)] = [
    ("promoted", "promote"), ("restarted", "restart"), ("started", "start"), ("stopped", "stop"),
    ("killed", "kill"), ("paused", "pause"), ("froze", "pause"), ("isolated", "partition"),
  ]
  /// Between what is cut off and from what.
  private static let cuts: [[String]] = [
    ["was", "cut", "off", "from"], ["were", "cut", "off", "from"], ["was", "separated", "from"],
    ["was", "partitioned", "from"], ["was", "disconnected", "from"],
    ["lost", "connectivity", "to"],
    ["lost", "connection", "to"], ["lost", "contact", "with"], ["lost", "its", "connection", "to"],
    ["could", "not", "reach"], ["could", "no", "longer", "reach"],
  ]
  private static let mutual: [[String]] = [
    ["were", "cut", "off"], ["were", "partitioned"], ["lost", "each", "other"],
    ["could", "not", "reach", "each", "other"], ["were", "disconnected"],
  ]
  private static let alone: [[String]] = [["was", "cut", "off"], ["was", "isolated"]]
  private static let ends: [[String]] = [
    ["came", "back"], ["was", "back"], ["were", "back"], ["is", "back"], ["returned"],
    ["recovered"], ["restored"], ["repaired"], ["healed"], ["reconnected"],
  ]
  private static let waysWords: Set = [
    "connectivity", "connection", "connections", "network", "link", "line", "partition", "path",
  ]

  /// What a sentence means.
  public func meaning(of sentence: String) -> Meaning {
    let said = replacingNames(sentence)
    if let step = step(said) { return .steps([step]) }
    let words = Self.words(said)
    if Self.ends.contains(where: { Self.place(of: $0, in: words) != nil }) {
      return .end(
        of: words.filter(isName),
        isAboutWays: words.contains { Self.waysWords.contains($0.lowercased()) })
    }
    for candidate in candidates(words) {
      let steps = candidate.compactMap(step)
      if !steps.isEmpty, steps.count == candidate.count { return .steps(steps) }
    }
    return .unclear("says nothing that can be done to this stack")
  }

  /// As the step of a method; nil where no fault or operator's step of the stack is meant.
  private func step(_ sentence: String) -> String? {
    try? HandStep.read(.sentence(sentence), in: stack).text
  }

  /// Ways to say it as `inject` takes it, the likeliest first; all of one are done.
  private func candidates(_ words: [String]) -> [[String]] {
    var found: [[String]] = []
    for cut in Self.cuts {
      guard let place = Self.place(of: cut, in: words) else { continue }
      let others = listed(Array(words[(place + cut.count)...]))
      let one = named(Array(words[..<place]))
      found.append(others.map { "partition between \(one) and \($0)" })
    }
    for cut in Self.mutual {
      guard let place = Self.place(of: cut, in: words) else { continue }
      let parties = listed(Array(words[..<place]))
      let pairs = parties.indices.flatMap { one in
        parties[(one + 1)...].map { "partition between \(parties[one]) and \($0)" }
      }
      found.append(pairs)
    }
    for cut in Self.alone {
      guard let place = Self.place(of: cut, in: words) else { continue }
      found.append(["partition \(named(Array(words[..<place])))"])
    }
    for fate in Self.fates {
      guard let place = Self.place(of: fate.words, in: words), place > 0 else { continue }
      found.append([done(fate.verb, to: Array(words[..<place]))])
    }
    for deed in Self.deeds {
      guard let place = words.firstIndex(where: { $0.lowercased() == deed.word }) else { continue }
      found.append([done(deed.verb, to: Array(words[(place + 1)...]))])
    }
    return found
  }

  /// Where a component is needed and the node has only one, that is meant.
  private func done(_ verb: String, to words: [String]) -> String {
    let object = named(words)
    let operatorSteps: Set = ["promote", "restart", "start", "stop"]
    let node = stack.nodes.first { $0.id.text == object || "node \($0.id.text)" == object }
    guard operatorSteps.contains(verb), let node else { return "\(verb) \(object)" }
    let able = node.instances.filter { verb != "promote" || $0.promote != nil }
    guard let only = able.first, able.count == 1 else { return "\(verb) \(object)" }
    return "\(verb) \(only.id.component) on \(node.id.text)"
  }
}

/// Words.
extension IncidentWords {
  private func replacingNames(_ sentence: String) -> String {
    names.reduce(sentence) { $0.replacing($1.said, with: $1.meant) }
  }

  /// Without what is said by the way.
  private static func words(_ sentence: String) -> [String] {
    let fillers: Set = ["the", "by", "hand", "manually", "suddenly", "again", "all", "then"]
    return sentence.split { $0.isWhitespace || ",;.!".contains($0) }.map(String.init)
      .filter { !fillers.contains($0.lowercased()) }
  }

  private static func place(of phrase: [String], in words: [String]) -> Int? {
    guard words.count >= phrase.count else { return nil }
    return (0...(words.count - phrase.count)).first { start in
      zip(phrase, words[start...]).allSatisfy { $0 == $1.lowercased() }
    }
  }

  /// `sites b and c` → `site b`, `site c`.
  private func listed(_ words: [String]) -> [String] {
    let parts = words.split { $0.lowercased() == "and" }.map(Array.init)
    let kind = parts.first?.first.flatMap(Self.kind)
    return parts.flatMap { part -> [String] in
      let rest = Self.kind(part[0]) == nil ? part : Array(part.dropFirst())
      return rest.map { isKnown($0) ? [kind, $0].compactMap(\.self).joined(separator: " ") : $0 }
    }
  }

  /// `sites` → `site`.
  private static func kind(_ word: String) -> String? {
    ["site": "site", "sites": "site", "node": "node", "nodes": "node", "role": "role"][
      word.lowercased()]
  }

  private func named(_ words: [String]) -> String { words.joined(separator: " ") }

  private func isKnown(_ word: String) -> Bool {
    stack.sites.contains { $0.id.text == word } || isName(word)
  }

  private func isName(_ word: String) -> Bool {
    stack.nodes.contains { $0.id.text == word || $0.role == word }
      || stack.sites.contains { $0.id.text == word && word.count > 1 }
      || stack.nodes.contains { $0.instances.contains { $0.id.component == word } }
  }
}
