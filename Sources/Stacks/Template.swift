internal import YAML

/// A configuration file with `${…}` and whole-line directives `%for x in QUERY`, `%if CONDITION`,
/// `%else`, `%end`; a line that is to begin with `%` begins with `%%`.
struct Template {
  private let blocks: [Block]

  /// What a turn of a loop and a block cost of the allowance, though they may yield nothing.
  private static let turnCost = 16

  /// Deeper nesting is refused.
  static let depth = 16

  /// - Parameter file: as places in it are named.
  init(_ text: String, file: String, _ problems: inout [Problem]) {
    // By bytes, for to Swift a return and a line feed are one character.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    if lines.last == "" { lines.removeLast() }
    var parser = TemplateParser(lines: lines, file: file)
    blocks = parser.parse()
    problems += parser.problems
  }

  /// The file's text; every line ends with a newline.
  func render(_ scope: Scope, _ problems: inout [Problem]) -> String {
    var output = ""
    Template.render(blocks, scope, into: &output, &problems)
    return output
  }

  private static func render(
    _ blocks: [Block], _ scope: Scope, into output: inout String, _ problems: inout [Problem]
  ) {
    // A line within loops is wrong once for every turn.
    for block in blocks where problems.count < Problems.enough {
      do {
        guard scope.allowance.spend(turnCost) else { return problems.append(block.tooMuch) }
        switch block {
        case .plain(let text, let mark):
          guard scope.allowance.spend(text.utf8.count) else {
            return problems.append(Problem(mark, Allowance.refusal))
          }
          output += text
        case .line(let text, let mark):
          output += Phrase.render(text, scope, at: mark, &problems) + "\n"
        case .loop(let variable, let query, let body, let mark):
          let query = Phrase.render(query, scope, at: mark, &problems)
          for node in try scope.select(query, at: mark) {
            guard scope.allowance.spend(turnCost) else { return problems.append(block.tooMuch) }
            render(body, scope.binding(variable, to: node), into: &output, &problems)
          }
        case .choice(let condition, let yes, let no, let mark):
          let chosen = try scope.holds(condition, at: mark) ? yes : no
          render(chosen, scope, into: &output, &problems)
        }
      } catch {
        problems.append(error)
      }
    }
  }
}

indirect enum Block {
  /// Lines that stand as they are, each with its newline.
  case plain(String, Mark)
  case line(String, Mark)
  case loop(String, query: String, body: [Block], Mark)
  case choice(String, yes: [Block], no: [Block], Mark)

  /// That the allowance was used up here.
  var tooMuch: Problem {
    switch self {
    case .plain(_, let mark), .line(_, let mark), .loop(_, query: _, body: _, let mark),
      .choice(_, yes: _, no: _, let mark):
      Problem(mark, Allowance.refusal)
    }
  }
}

/// Groups lines into blocks.
private struct TemplateParser {
  let lines: [String]
  let file: String
  var problems: [Problem] = []
  private var open: [Frame] = []
  private var top: [Block] = []
  /// Blocks that are open but too deep; what is in them is read as if they were not there.
  private var ignored = 0

  init(lines: [String], file: String) {
    self.lines = lines
    self.file = file
  }

  private struct Frame {
    let word: String
    let argument: String
    let mark: Mark
    var yes: [Block] = []
    var no: [Block] = []
    var isElse = false
  }

  mutating func parse() -> [Block] {
    for (number, line) in lines.enumerated() where problems.count < Problems.enough {
      take(line, number + 1)
    }
    for frame in open.reversed() {
      problems.append(Problem(frame.mark, "'%\(frame.word)' without '%end'"))
    }
    return top
  }

  private mutating func take(_ line: String, _ number: Int) {
    guard line.utf8.contains(UInt8(ascii: "%")) else { return addLine(line, number) }
    let indent = line.prefix { $0.isWhitespace }
    let body = line.dropFirst(indent.count)
    let mark = Mark(file: file, line: number, column: indent.count + 1)
    guard body.first == "%" else { return addLine(line, number) }
    guard !body.hasPrefix("%%") else {
      return addLine(String(indent) + body.dropFirst(), number)
    }
    let words = trim(body.dropFirst()).split(separator: " ", maxSplits: 1)
    let word = words.first.map { String($0) } ?? ""
    let argument = words.count > 1 ? trim(words[1]) : ""
    directive(word, argument, mark)
  }

  private mutating func directive(_ word: String, _ argument: String, _ mark: Mark) {
    switch word {
    case "for", "if":
      if open.count >= Template.depth {
        ignored += 1
        return problems.append(Problem(mark, "nested more than \(Template.depth) levels deep"))
      }
      if word == "for", loop(argument) == nil {
        problems.append(Problem(mark, "write '%for NAME in QUERY', such as '%for x in role:web'"))
      }
      open.append(Frame(word: word, argument: argument, mark: mark))
    case "else" where ignored > 0: return
    case "end" where ignored > 0: ignored -= 1
    case "else":
      guard let last = open.indices.last, open[last].word == "if", !open[last].isElse else {
        return problems.append(Problem(mark, "'%else' without '%if'"))
      }
      open[last].isElse = true
    case "end":
      guard let frame = open.popLast() else {
        return problems.append(Problem(mark, "'%end' without '%for' or '%if'"))
      }
      close(frame)
    default:
      problems.append(
        .unknown("directive", "%" + word, among: ["%for", "%if", "%else", "%end"], at: mark))
    }
  }

  private mutating func close(_ frame: Frame) {
    guard frame.word == "for" else {
      return add(.choice(frame.argument, yes: frame.yes, no: frame.no, frame.mark))
    }
    guard let (variable, query) = loop(frame.argument) else { return }
    add(.loop(variable, query: query, body: frame.yes, frame.mark))
  }

  private func loop(_ argument: String) -> (variable: String, query: String)? {
    let words = argument.split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[1] == "in" else { return nil }
    return (String(words[0]), String(words[2]))
  }

  private mutating func addLine(_ line: String, _ number: Int) {
    let mark = Mark(file: file, line: number, column: 1)
    add(line.firstPlace(of: "${") == nil ? .plain(line + "\n", mark) : .line(line, mark))
  }

  private mutating func add(_ block: Block) {
    guard let last = open.indices.last else { return top.append(block) }
    if open[last].isElse { open[last].no.append(block) } else { open[last].yes.append(block) }
  }
}
