internal import Basics
internal import YAML

/// What an instance can be asked while it runs.
extension RecipeReader {
  func query(_ node: YAMLNode, of what: String, _ problems: inout [Problem]) -> Instance.Query? {
    var fields = Fields(node, of: what)
    let query = query(&fields, within: .seconds(5))
    fields.finish(into: &problems)
    return query
  }

  func role(_ node: YAMLNode, _ problems: inout [Problem]) -> RoleQuery? {
    var fields = Fields(node, of: "a role")
    let query = query(&fields, within: .seconds(5))
    let every = period(&fields, or: .milliseconds(500))
    let exclusive = words(&fields, "exclusive")
    let overlap = fields.duration("overlap")
    let leading = words(&fields, "leading")
    if overlap != nil, exclusive.isEmpty {
      fields.refuse("'overlap' is about roles that are 'exclusive'", at: node["overlap"]?.mark)
    }
    fields.finish(into: &problems)
    let leaders = exclusive.isEmpty ? LeadingWords.usual : exclusive
    return RoleQuery(
      query: query, every: every, exclusive: exclusive, overlap: overlap ?? .zero,
      leading: leading.isEmpty ? leaders : leading)
  }

  func probes(_ fields: inout Fields) -> [ProbeQuery] {
    fields.named("probe", "a probe", atMost: 64).map { entry in
      var inner = Fields(entry.value, of: "the probe '\(entry.key)'")
      let query = query(&inner, within: .seconds(1))
      let probe = ProbeQuery(
        name: entry.key, command: query.command, within: query.within,
        every: period(&inner, or: .seconds(1)), unit: inner.text("unit") ?? "",
        summary: inner.text("summary") ?? "")
      inner.finish(into: &fields.problems)
      return probe
    }
  }

  func acts(_ fields: inout Fields) -> [ComponentAct] {
    fields.named("acts", "an act", atMost: 64).map { entry in
      var inner = Fields(entry.value, of: "the act '\(entry.key)'")
      let summary = inner.text("summary") ?? ""
      let query = query(&inner, within: .seconds(5))
      let undo = arguments(inner.take("undo"), of: "undo", &inner.problems)
      let shows = inner.take("shows").flatMap { Probe.read($0, &inner.problems) }
      let mayEnd = inner.flag("may-end") ?? false
      inner.finish(into: &fields.problems)
      return ComponentAct(
        name: entry.key, summary: summary, command: query.command, undo: undo, shows: shows,
        mayEnd: mayEnd,
        within: query.within)
    }
  }

  private func query(_ fields: inout Fields, within usual: Duration) -> Instance.Query {
    _ = fields.require("command")
    let command = arguments(fields.take("command"), of: "command", &fields.problems)
    return Instance.Query(command: command, within: within(&fields, or: usual))
  }

  /// How long an answer may take.
  func within(_ fields: inout Fields, or usual: Duration) -> Duration {
    let within = fields.duration("within") ?? usual
    if within == .zero {
      fields.refuse("'within' must not be zero", at: fields.node["within"]?.mark)
    }
    return within
  }

  /// A URL, or a program and its arguments.
  enum Asked {
    case http(String)
    case command([String])
  }

  /// What is asked; nil where it is neither or both, which is noted.
  ///
  /// - Parameters:
  ///   - whose: how an error begins: `a clock needs`.
  ///   - example: a URL that would be good.
  func asked(_ fields: inout Fields, _ whose: String, example: String) -> Asked? {
    switch (fields.take("http"), fields.take("command")) {
    case (let url?, nil):
      if let text = url.text, text.hasPrefix("http://") || text.hasPrefix("https://") {
        return .http(text)
      }
      fields.refuse("a URL is expected here, such as \(example)", at: url.mark)
    case (nil, let command?):
      return .command(arguments(command, of: "command", &fields.problems))
    default: fields.refuse("\(whose) either 'http' or 'command'", at: fields.node.mark)
    }
    return nil
  }

  func period(_ fields: inout Fields, or usual: Duration) -> Duration {
    let every = fields.duration("every") ?? usual
    if every < RoleQuery.shortestPeriod {
      fields.refuse(
        "'every' must be at least \(RoleQuery.shortestPeriod.text), not \(every.text)",
        at: fields.node["every"]?.mark)
    }
    return every
  }

  /// Roles, each of which is one word.
  private func words(_ fields: inout Fields, _ key: String) -> [String] {
    let words = fields.texts(key) ?? []
    for word in words where word.isEmpty || word.contains(where: \.isWhitespace) {
      fields.refuse("a role is one word, not '\(word)'", at: fields.node[key]?.mark)
    }
    return words
  }
}
