internal import Basics
internal import Faults
internal import Stacks
internal import YAML

/// Turns what somebody says into the step that an experiment would have: a sentence, flags, or the step
/// itself. Whether the step makes sense is judged by who reads the steps of files.
///
///     kill proxy on the owner of vip for 5s
///     {fault: kill, target: {owner-of: vip}, component: proxy, for: 5s}
struct StepWords {
  let stack: ResolvedStack

  /// Other words for a fault, longest first.
  private static let synonyms: [(words: [String], name: String)] = [
    (["power", "off"], "kill"), (["cut", "off"], "partition"), (["slow", "down"], "delay"),
    (["crash"], "kill"), (["cut"], "partition"), (["isolate"], "partition"),
    (["separate"], "partition"), (["disconnect"], "partition"), (["freeze"], "pause"),
    (["hang"], "pause"), (["unplug"], "link-down"), (["lose"], "loss"), (["drop"], "loss"),
    (["throttle"], "rate"),
  ]
  private static let kinds = FaultCatalogue.faults + FaultCatalogue.actions

  /// - Throws: what no word of which is understood, with the nearest that is.
  func node(of said: HandStep.Said) throws(Problem) -> YAMLNode {
    switch said {
    case .flags(let flags): return try node(flags)
    case .sentence(let text):
      let isYAML = text.drop { $0.isWhitespace }.hasPrefix("{")
      return isYAML ? try YAMLNode.parse(Array(text.utf8), file: "inject") : try node(text)
    }
  }

  private func node(_ flags: StepFlags) throws(Problem) -> YAMLNode {
    let kind = try kind(of: flags.name)
    let targets = TargetWords(stack: stack)
    var keys = StepKeys()
    keys.set(kind.isAction ? "action" : "fault", text: kind.name)
    for setting in flags.settings { keys.set(setting.key, text: setting.value) }
    for (key, flag) in [("target", flags.target), ("from", flags.from), ("to", flags.to)] {
      if let flag { keys.set(key, try targets.target(flag: flag)) }
    }
    if !flags.between.isEmpty {
      var ends: [YAMLNode] = []
      for end in flags.between { ends.append(try targets.target(flag: end)) }
      keys.set("between", StepKeys.list(ends))
    }
    keys.set("component", text: flags.component)
    keys.set("for", text: flags.length)
    return keys.node
  }

  private func kind(of name: String) throws(Problem) -> any Fault.Type {
    if let kind = Self.kinds.first(where: { $0.name == name }) { return kind }
    if name == "heal" {
      throw Problem(StepKeys.mark, "healing is a verb of its own: faultline heal ID, or heal all")
    }
    throw .unknown("fault", name, among: Self.kinds.map { $0.name }, at: StepKeys.mark)
  }
}

/// Sentences.
extension StepWords {
  private func node(_ sentence: String) throws(Problem) -> YAMLNode {
    var words = sentence.split { $0.isWhitespace || $0 == "," }.map(String.init)
      .filter { $0 != "the" }
    let length = Self.takeLength(&words)
    let kind = try takeKind(&words)
    var settings = SettingWords(schema: kind.schema)
    settings.takeTail(&words)
    var keys = StepKeys()
    let aim = try kind.aim == .path ? way(words, &settings) : place(words, &settings, of: kind)
    keys.set(kind.isAction ? "action" : "fault", text: kind.name)
    for setting in settings.found { keys.set(setting.key, text: setting.value) }
    for entry in aim { keys.set(entry.0, entry.1) }
    keys.set("for", text: length)
    return keys.node
  }

  /// `… for 5s`, `… forever`.
  private static func takeLength(_ words: inout [String]) -> String? {
    if words.last == "forever" {
      words.removeLast()
      if words.last == "for" { words.removeLast() }
      return "forever"
    }
    guard let place = words.lastIndex(of: "for"), place + 1 < words.count,
      Duration(text: words[place + 1]) != nil
    else { return nil }
    let length = words[place + 1]
    words.removeSubrange(place...(place + 1))
    return length
  }

  private func takeKind(_ words: inout [String]) throws(Problem) -> any Fault.Type {
    guard let first = words.first else {
      throw Problem(StepKeys.mark, "say what is to be done: kill page on node web for 5s")
    }
    let names = Self.kinds.map { (words: $0.name.split(separator: "-").map(String.init), $0.name) }
    let known = (names + Self.synonyms.map { ($0.words, $0.name) })
      .sorted { $0.words.count > $1.words.count }
    if let match = known.first(where: { words.starts(with: $0.words) }) {
      words.removeFirst(match.words.count)
      return try kind(of: match.1)
    }
    words.removeFirst()
    return try kind(of: first)
  }

  /// On whom: a target, and perhaps a component.
  private func place(
    _ words: [String], _ settings: inout SettingWords, of kind: any Fault.Type
  ) throws(Problem) -> [(String, YAMLNode)] {
    guard kind.aim != .everything else { return [] }
    let targets = TargetWords(stack: stack)
    guard let on = words.lastIndex(where: { ["on", "at"].contains($0) }) else {
      let rest = settings.take(words)
      if rest.count == 1, let slash = rest[0].firstIndex(of: "/") {
        return [
          ("target", try targets.target([String(rest[0][..<slash])])),
          ("component", StepKeys.scalar(String(rest[0][rest[0].index(after: slash)...]))),
        ]
      }
      if rest.count == 1, !targets.isName(rest[0]), isComponent(rest[0]) {
        throw Problem(
          StepKeys.mark,
          "say where: \(kind.name) \(rest[0]) on node NAME, or on the owner of ADDRESS")
      }
      return [("target", try targets.target(rest))]
    }
    let head = settings.take(Array(words[..<on]))
    let target = try targets.target(Array(words[(on + 1)...]))
    guard head.count <= 1 else {
      throw Problem(
        StepKeys.mark,
        "'\(head.joined(separator: " "))' is not understood; before 'on' stand settings and a component"
      )
    }
    return [("target", target)] + head.map { ("component", StepKeys.scalar($0)) }
  }

  private func isComponent(_ word: String) -> Bool { !stack.instances(of: word).isEmpty }

  /// The ends of a way: `between X and Y`, `X from Y`, `from X to Y`, or X for X and everybody else.
  private func way(
    _ words: [String], _ settings: inout SettingWords
  ) throws(Problem) -> [(String, YAMLNode)] {
    let targets = TargetWords(stack: stack)
    func two(_ key: String, _ rest: [String]) throws(Problem) -> ([String], [String]) {
      guard let place = rest.firstIndex(of: key), place > 0, place + 1 < rest.count else {
        throw Problem(StepKeys.mark, "a way has two ends: between X and Y, or from X to Y")
      }
      return (Array(rest[..<place]), Array(rest[(place + 1)...]))
    }
    let start = words.firstIndex { ["between", "from", "on", "at", "around", "to"].contains($0) }
    let head = settings.take(Array(words[..<(start ?? words.count)]))
    guard let start else { return [("target", try targets.target(head))] }
    let rest = Array(words[(start + 1)...])
    switch words[start] {
    case "between":
      let (one, other) = try two("and", rest)
      return [("between", StepKeys.list([try targets.target(one), try targets.target(other)]))]
    case "from" where !head.isEmpty:
      return [("between", StepKeys.list([try targets.target(head), try targets.target(rest)]))]
    case "from":
      let (one, other) = try two("to", rest)
      return [("from", try targets.target(one)), ("to", try targets.target(other))]
    default:
      guard head.isEmpty else {
        throw Problem(StepKeys.mark, "'\(head.joined(separator: " "))' is not understood")
      }
      return [("target", try targets.target(rest))]
    }
  }
}
