internal import YAML

/// A text with `${…}` in it.
enum Phrase {
  /// The text with every `${…}` replaced and `$${` turned into `${`; what cannot be replaced is
  /// noted, with its own column.
  static func render(
    _ text: String, _ scope: Scope, at mark: Mark, _ problems: inout [Problem]
  ) -> String {
    guard scope.allowance.spend(text.utf8.count + 1) else {
      problems.append(Problem(mark, Allowance.refusal))
      return ""
    }
    guard text.firstPlace(of: "${") != nil else { return text }
    var output = ""
    var rest = text[...]
    var column = mark.column
    var failures = 0
    while let start = rest.firstPlace(of: "${") {
      if rest[..<start.lowerBound].utf8.last == UInt8(ascii: "$") {
        output += rest[..<start.lowerBound].dropLast() + "${"
        column += rest[..<start.upperBound].width
        rest = rest[start.upperBound...]
        continue
      }
      column += rest[..<start.lowerBound].width
      let place = Mark(file: mark.file, line: mark.line, column: column)
      guard let end = rest[start.upperBound...].firstPlace(of: UInt8(ascii: "}")) else {
        problems.append(Problem(place, "'${' without '}'; write '$${' for the characters"))
        return output + rest
      }
      output += rest[..<start.lowerBound]
      do {
        let value = try scope.value(of: String(rest[start.upperBound..<end]), at: place)
        guard scope.allowance.spend(value.utf8.count) else {
          problems.append(Problem(place, Allowance.refusal))
          return output
        }
        output += value
      } catch {
        problems.append(error)
        failures += 1
        // One line can hold any number of them.
        if failures == Problems.enough { return output }
      }
      column += rest[start.lowerBound..<end].width + 1
      rest = rest[rest.index(after: end)...]
    }
    return output + rest
  }
}

extension YAMLNode {
  /// The same with every scalar rendered.
  ///
  /// An element of a list that is a mapping with the key `if` stands only where the condition
  /// holds; with the key `run` beside it, that value stands in its place. Depth is bounded by the
  /// parser.
  func rendered(_ scope: Scope, _ problems: inout [Problem]) -> YAMLNode {
    switch content {
    case .scalar(let text, let isPlain):
      let output = Phrase.render(text, scope, at: mark, &problems)
      return YAMLNode(.scalar(output, isPlain: isPlain), at: mark)
    case .sequence(let elements):
      var output: [YAMLNode] = []
      for element in elements {
        guard let kept = element.keptIf(scope, &problems) else { continue }
        output.append(kept.rendered(scope, &problems))
      }
      return YAMLNode(.sequence(output), at: mark)
    case .mapping(let entries):
      let output = entries.map { entry in
        Entry(key: entry.key, mark: entry.mark, value: entry.value.rendered(scope, &problems))
      }
      return YAMLNode(.mapping(output), at: mark)
    }
  }

  /// This element of a list, or what it says with `run`; nil where its `if` does not hold.
  func keptIf(_ scope: Scope, _ problems: inout [Problem]) -> YAMLNode? {
    guard let condition = self["if"] else { return self }
    do {
      guard try scope.holds(condition.text ?? "", at: condition.mark) else { return nil }
    } catch {
      problems.append(error)
      return nil
    }
    let rest = (entries ?? []).filter { $0.key != "if" }
    if rest.count == 1, rest[0].key == "run" { return rest[0].value }
    return YAMLNode(.mapping(rest), at: mark)
  }
}
