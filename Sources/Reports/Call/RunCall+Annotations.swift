import Basics
import Checking

extension RunCall {
  /// What GitHub's runner makes of a line on standard output: a mark in the file that is to blame.
  ///
  /// - Parameter folder: of the project within the repository, with its slash; empty where they are the same.
  public func annotations(below folder: String = "") -> [String] {
    var lines = outcomes.flatMap { Self.annotations($0.name, $0.run, folder) }
    if let refusal { lines.append(Self.line(nil, "faultline run", refusal.sentence, folder)) }
    for series in series where series.bounds.contains(where: { $0.verdict != .valid }) {
      let place = FilePlace(file: series.file, line: 1, column: 1)
      lines.append(Self.line(place, series.label, series.remark, folder))
    }
    guard lines.count > Self.most else { return lines }
    let rest = "and \(lines.count - Self.most + 1) more; the summary and junit.xml have all"
    return lines.prefix(Self.most - 1) + [Self.line(nil, "faultline run", rest, folder)]
  }

  /// GitHub shows ten errors of a step and drops the others.
  private static let most = 10

  private static func annotations(
    _ name: String, _ run: RunOutcome, _ folder: String
  ) -> [String] {
    guard run.exit != .valid else { return [] }
    let beginning = FilePlace(file: run.file, line: 1, column: 1)
    if !run.problems.isEmpty {
      return run.problems.map { line($0.place, name, $0.message, folder) }
    }
    let bad = run.judged.filter { !$0.isAsPlanned }
    guard run.trouble == nil, !bad.isEmpty else {
      return [line(beginning, name, "\(run.exit.word): \(run.remark)", folder)]
    }
    return bad.map {
      line(
        $0.place ?? beginning, name, "\($0.name) is \($0.verdict.rawValue): \($0.sentence)", folder)
    }
  }

  private static func line(
    _ place: FilePlace?, _ title: String, _ message: String, _ folder: String
  ) -> String {
    var properties: [String] = []
    if let place, !place.file.isEmpty {
      let path = place.file.hasPrefix("/") ? place.file : folder + place.file
      properties.append("file=\(property(path))")
      if place.line > 0 { properties += ["line=\(place.line)", "col=\(place.column)"] }
    }
    properties.append("title=\(property(title))")
    return "::error \(properties.joined(separator: ","))::\(data(message.cut(toBytes: 4000)))"
  }

  /// The runner takes these back; nothing else could end a line or begin a command.
  private static func data(_ text: String) -> String {
    text.plain.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
