import Basics
import Experiments
import Glibc
import Linux

/// One option of a verb: `--name VALUE`, or a flag.
struct Option {
  let name: String
  /// What stands for the value in the help; nil for a flag.
  let value: String?
  let summary: String
  /// Other ways to write it, with their dashes: `-t`.
  var aliases: [String] = []
  /// The one word that may follow a flag.
  var word: String?
  /// Whether the help has that word.
  var isWordShown = true

  /// As the help has it.
  var shownWord: String? { isWordShown ? word : nil }

  static let json = Option(name: "json", value: nil, summary: "Print the result as JSON.")
  static let set = Option(
    name: "set", value: "KEY=VALUE", summary: "Set a parameter; may be given again.")
  static let parameter = Option(
    name: "set", value: "KEY=VALUE",
    summary: "Set a parameter; may be given again. VALUE may be @FILE or @env:NAME.")
  static let seed = Option(
    name: "seed", value: "N", summary: "Where every random choice comes from.")
  static let share = Option(
    name: "share", value: nil,
    summary: "Let every user read what is left behind (0755, 0644); else only you (0700, 0600).")
  static let trust = Option(
    name: "trust", value: nil,
    summary: "Let files name files and components outside the project, and be links.")
  static let reports = Option(
    name: "reports", value: "DIR", summary: "Where runs are kept; ./reports by default.")
}

/// A command line after parsing: what was given for a verb.
struct Arguments {
  /// What is no option, in order.
  var operands: [String] = []
  /// Everything behind `--`.
  var rest: [String] = []
  private var values: [String: [String]] = [:]

  func has(_ name: String) -> Bool { values[name] != nil }
  func value(_ name: String) -> String? { values[name]?.last }
  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// - Throws: `UsageError` for an option the verb does not have, or one without its value.
  init(_ words: some Sequence<String>, of verb: any Verb.Type) throws(UsageError) {
    let options = verb.options + [.help]
    var words = Array(words)[...]
    while let word = words.popFirst() {
      if word == "--" {
        rest = Array(words)
        return
      }
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1)
      let name = parts.first.map(String.init) ?? ""
      guard
        let option = options.first(where: {
          word.hasPrefix("--") && $0.name == name || $0.aliases.contains(word)
        })
      else { throw .unknownOption(word, verb: verb.name, among: options.map { "--" + $0.name }) }
      values[option.name, default: []].append(try Self.value(of: option, parts, &words))
    }
  }

  private static func value(
    of option: Option, _ parts: [Substring], _ words: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    guard let placeholder = option.value else {
      guard let word = option.word else {
        if parts.count > 1 { throw UsageError("--\(option.name) takes no value") }
        return ""
      }
      if parts.count > 1, parts[1] != word {
        throw UsageError("--\(option.name) takes no value but '\(word)'")
      }
      if parts.count > 1 { return word }
      return words.first == word ? words.removeFirst() : ""
    }
    if parts.count > 1 { return String(parts[1]) }
    guard let value = words.popFirst() else {
      throw UsageError("--\(option.name) needs a value: --\(option.name) \(placeholder)")
    }
    return value
  }

  /// `--set key=value`, in order.
  func settings() throws(UsageError) -> [(key: String, value: String)] {
    var settings: [(key: String, value: String)] = []
    for text in all("set") {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw UsageError("--set takes key=value, not '\(text)'")
      }
      settings.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
    }
    return settings
  }

  /// `--set key=value` for parameters of a stack: `@FILE` stands for what the file holds, `@env:NAME` for
  /// what the environment does; `@@` begins a value that begins with `@`.
  func parameters() throws -> [(key: String, value: String)] {
    try Self.parameters(try settings())
  }

  /// The same for settings from elsewhere.
  static func parameters(
    _ settings: [(key: String, value: String)]
  ) throws -> [(key: String, value: String)] {
    try settings.map { key, value in
      guard value.hasPrefix("@") else { return (key, value) }
      let source = String(value.dropFirst())
      if source.hasPrefix("@") { return (key, source) }
      if source.hasPrefix("env:") { return (key, try Self.variable(source, of: key)) }
      do throws(Errno) {
        let bytes = try Files.tail(source, bytes: Self.longestParameter + 1)
        guard bytes.count <= Self.longestParameter else {
          throw Errno(EFBIG, "read \(source) for --set \(key)")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return (key, text.hasSuffix("\n") ? String(text.dropLast()) : text)
      } catch {
        throw UsageError("--set \(key)=@\(source): \(error)")
      }
    }
  }

  /// In bytes.
  private static let longestParameter = 64 << 10

  private static func variable(_ source: String, of key: String) throws(UsageError) -> String {
    let name = String(source.dropFirst("env:".count))
    guard let value = getenv(name) else {
      throw UsageError("--set \(key)=@\(source): the environment has no variable '\(name)'")
    }
    return String(cString: value)
  }

  /// How far the files that are read may reach.
  var trust: Trust { has("trust") ? .everything : .project }

  /// A whole number, when the option was given.
  func number(_ name: String) throws(UsageError) -> UInt64? {
    guard let text = value(name) else { return nil }
    guard let number = UInt64(text) else {
      throw UsageError("--\(name) takes a whole number, not '\(text)'")
    }
    return number
  }
}

extension Option {
  static let help = Option(name: "help", value: nil, summary: "Print this.", aliases: ["-h"])
}

/// What is wrong with a command line: one sentence with a remedy.
struct UsageError: Error {
  let message: String

  init(_ message: String) { self.message = message }

  static func unknownOption(_ word: String, verb: String, among known: [String]) -> UsageError {
    let hint =
      Suggestion.nearest(to: word, among: known).map { "; did you mean \($0)?" }
      ?? "; see faultline \(verb) --help"
    return UsageError("'\(verb)' has no option \(word)\(hint)")
  }
}
