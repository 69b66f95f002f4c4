internal import Basics
internal import YAML

extension Parameter {
  static let kinds: [String: Schema.Kind] = [
    "duration": .duration, "ratio": .ratio, "integer": .integer, "number": .number,
    "text": .text, "flag": .flag, "secret": .text,
  ]

  /// Reads the mapping `parameters:` of a stack or a component.
  static func read(_ entries: [YAMLNode.Entry], _ problems: inout [Problem]) -> [Parameter] {
    entries.compactMap { entry in
      var fields = Fields(entry.value, of: "the parameter '\(entry.key)'")
      let choices = fields.texts("choices")
      var kind = choices.map { Schema.Kind.choice($0) }
      var isSecret = false
      if let word = fields.text("kind"), word != "choice" {
        kind = kinds[word]
        isSecret = word == "secret"
        if kind == nil {
          let mark = fields.node["kind"]?.mark ?? entry.mark
          fields.problems.append(
            .unknown("kind", word, among: kinds.keys + ["choice"], at: mark))
        }
      }
      let summary = fields.text("summary") ?? ""
      let fallback = fields.take("default")
      fields.finish(into: &problems)
      guard let kind = kind ?? (choices == nil ? .text : nil) else { return nil }
      return Parameter(
        name: entry.key, kind: kind, isSecret: isSecret, summary: summary,
        fallback: fallback?.text.map { Choice(entry.key, $0, at: fallback?.mark ?? entry.mark) },
        mark: entry.mark)
    }
  }

  /// Gives every parameter its text: the last choice of it, else its default.
  ///
  /// - Parameter what: whose parameters they are, as an error names it.
  static func resolve(
    _ parameters: [Parameter], given: [Choice], of what: String, at mark: Mark, _ scope: Scope,
    _ problems: inout [Problem]
  ) -> [ResolvedStack.Value] {
    let names = parameters.map(\.name)
    for choice in given where !names.contains(choice.name) {
      problems.append(.unknown("parameter", choice.name, among: names, at: choice.discreetMark))
    }
    return parameters.map { parameter in
      let choice = given.last { $0.name == parameter.name } ?? parameter.fallback
      guard let choice else {
        problems.append(Problem(mark, "\(what) needs a value for '\(parameter.name)'"))
        return ResolvedStack.Value(name: parameter.name, text: "")
      }
      let text = Phrase.render(choice.text, scope, at: choice.mark, &problems)
      if parameter.isSecret { return secret(parameter, choice, text, &problems) }
      if scope.tellsSecret(choice.text) {
        problems.append(
          Problem(
            choice.mark,
            "'\(parameter.name)' is given a secret, but \(what) does not declare it as one: write 'kind: "
              + "secret' there"))
        return ResolvedStack.Value(name: parameter.name, text: text, isSecret: true)
      }
      if parameter.kind.read(text) == nil {
        let message = "'\(parameter.name)' must be \(parameter.kind.expectation), not '\(text)'"
        problems.append(Problem(choice.mark, message))
      }
      return ResolvedStack.Value(name: parameter.name, text: text)
    }
  }

  /// The value of a secret; an error about it does not say it.
  private static func secret(
    _ parameter: Parameter, _ choice: Choice, _ text: String, _ problems: inout [Problem]
  ) -> ResolvedStack.Value {
    if text.utf8.count < Secrets.shortest || text.contains(where: \.isNewline) {
      problems.append(
        Problem(
          choice.discreetMark,
          "the secret '\(parameter.name)' must be one line of at least \(Secrets.shortest) bytes, so that "
            + "it can be told from other words where it is masked"))
    }
    return ResolvedStack.Value(
      name: parameter.name, text: text, isSecret: true,
      written: choice.text == text && choice.mark.line > 0 ? choice.mark : nil)
  }
}
