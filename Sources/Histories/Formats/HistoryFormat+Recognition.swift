extension HistoryFormat {
  /// The format of a file, from its first bytes (some thousand are enough) and its name; nil when
  /// neither tells. The content goes first; only where it does not tell, the name is asked.
  public static func recognise(prefix: [UInt8], fileName: String = "") -> HistoryFormat? {
    if prefix.starts(with: "SQLite format 3".utf8) { return .sqlite }
    let text = String(decoding: prefix.prefix(65_536), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline)
    // A logger's lines may begin with brackets of its own.
    if lines.contains(where: { isColumns($0) && $0.contains("jepsen.util") }) { return .jepsenLog }
    if let line = lines.first(where: { !isComment($0) }) {
      switch line.first(where: { !$0.isWhitespace }) {
      case "{", "[", "(", "#": return braced(text, firstLine: line)
      default: break
      }
    }
    if text.contains("jepsen.util") { return .jepsenLog }
    if lines.contains(where: isColumns) { return .historyText }
    if let generator = generated(lines) { return generator }
    if lines.contains(where: isPlume) { return .plume }
    if lines.contains(where: isAWDIT) { return .awdit }
    return named(fileName)
  }

  private static func isComment(_ line: Substring) -> Bool {
    let start = line.drop { $0.isWhitespace }
    return start.isEmpty || start.hasPrefix(";") || start.hasPrefix("# ")
  }

  /// JSON quotes its keys and sets a colon after them; EDN does neither.
  private static func braced(_ text: String, firstLine: Substring) -> HistoryFormat? {
    let compact = String(text.prefix(4096).filter { !$0.isWhitespace })
    if compact.hasPrefix("{\"faultline\":") { return .jsonLines }
    if compact.hasPrefix("[[") || compact.hasPrefix("[{\"events\"") { return .dbcop }
    if compact.hasPrefix("{\"") {
      let isEvent = firstLine.contains("\"type\"") || compact.contains("\"process\":")
      return isEvent ? .jepsenJSON : .dbcop
    }
    if compact.hasPrefix("[{\"") || compact == "[]" { return .jepsenJSON }
    let firstEvent = text.drop { $0 != "{" }.prefix { $0 != "}" }
    return firstEvent.contains(":key ") ? .porcupineKV : .jepsenEDN
  }

  /// A process, a tab, a type.
  private static func isColumns(_ line: Substring) -> Bool {
    [":invoke", ":ok", ":fail", ":info"].contains { line.contains("\t" + $0) }
  }

  private static func generated(_ lines: [Substring]) -> HistoryFormat? {
    var isGenerated = false
    for line in lines where line.hasPrefix("i ") {
      let fields: [Substring] = line.split(separator: " ")
      guard fields.count >= 4, Int(fields[1]) != nil, Int(fields[2]) != nil else { continue }
      if fields[3] == "a" || line.contains(";") { return .histTransactions }
      isGenerated = true
    }
    return isGenerated ? .hist : nil
  }

  private static func isAWDIT(_ line: Substring) -> Bool {
    let fields: [Substring] = line.split(separator: " ")
    guard fields.count == 3, fields[0] == "r" || fields[0] == "w" else { return false }
    return Int(fields[1]) != nil && Int(fields[2]) != nil
  }

  private static func isPlume(_ line: Substring) -> Bool {
    guard line.hasPrefix("r(") || line.hasPrefix("w(") else { return false }
    let fields = line.dropFirst(2).prefix { $0 != ")" }.split(separator: ",")
    return fields.count == 4
      && fields.allSatisfy { field in
        field.allSatisfy { $0.isNumber || $0 == "-" || $0.isWhitespace }
      }
  }

  private static func named(_ fileName: String) -> HistoryFormat? {
    let endings: [(String, HistoryFormat)] = [
      (".edn", .jepsenEDN), (".jsonl", .jsonLines), (".json", .jepsenJSON), (".log", .jepsenLog),
      ("history.txt", .historyText), (".hist", .hist), (".sqlite", .sqlite),
    ]
    return endings.first { fileName.hasSuffix($0.0) }?.1
  }
}
