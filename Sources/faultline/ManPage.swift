import Basics

/// The manual page, made of the verbs' own tables: man(7).
struct ManPage {
  private var lines: [String] = []

  init(_ verbs: [any Verb.Type], version: String) {
    lines = [
      ".\\\" Made by: faultline man", ".TH FAULTLINE 1 \"\" \"faultline \(version)\"",
      ".SH NAME", "faultline \\- chaos and failover tests of real stacks, with verdicts",
    ]
    lines += [".SH SYNOPSIS", ".B faultline", ".I VERB", "[\\fIOPTION\\fR|\\fIOPERAND\\fR]..."]
    lines += [".SH DESCRIPTION"]
    write(Faultline.purpose)
    write(
      """
      A stack of real servers is brought up on this machine, each in a network namespace of its own, and broken \
      on a schedule that an experiment's file says; every packet passes through a switch of Faultline's own. \
      Nothing is left behind, however a run ends.
      """)
    lines += [".SH VERBS"]
    for verb in verbs { write(verb) }
    lines += [".SH EXIT STATUS"]
    for code in ExitCode.allCases { item("\\fB\(code.rawValue)\\fR", code.cause) }
    writeFiles()
    lines += [".SH SEE ALSO", "faultline explain, faultline list and faultline doctor say more."]
  }

  var text: String { lines.joined(separator: "\n") }

  private mutating func write(_ verb: any Verb.Type) {
    lines.append(".SS \(Self.escaped(verb.name))")
    write(verb.summary)
    for usage in verb.usage.split(separator: "\n") {
      let own = usage.drop { $0 == " " }
      let head = own.hasPrefix("faultline ") ? "" : "faultline \(verb.name) "
      lines += [".PP", "\\fB\(Self.escaped(head + own))\\fR"]
    }
    for option in verb.options + [.help] {
      let value = option.value.map { " \\fI\(Self.escaped($0))\\fR" } ?? ""
      let word = option.shownWord.map { " [\(Self.escaped($0))]" } ?? ""
      let spellings = option.spellings.map { "\\fB\(Self.escaped($0))\\fR" }
      item(spellings.joined(separator: ", ") + value + word, option.summary)
    }
    if !verb.notes.isEmpty { write(verb.notes) }
  }

  private mutating func writeFiles() {
    lines += [".SH FILES"]
    item(
      "\\fIfixtures/components\\fR, \\fIfixtures/stacks\\fR, \\fIexperiments\\fR",
      "Of the project: the working folder, or the nearest above it that has fixtures/stacks. What it lacks of what "
        + "came with the program is taken from there.")
    item("\\fIshare/faultline\\fR", "What came with the program, beside its lib/faultline.")
    item("\\fIreports\\fR", "Where runs are kept, in the project.")
    lines += [".SH ENVIRONMENT"]
    item(
      "\\fBFAULTLINE_LIVE\\fR",
      "The folder in which stacks that are up are found; one in /tmp by default.")
    item("\\fBNO_COLOR\\fR", "Set to anything: verdicts are printed without colours.")
  }

  private mutating func item(_ head: String, _ text: String) {
    lines += [".TP", head, Self.line(text)]
  }

  /// Paragraphs; lines that are set in stay as they are.
  private mutating func write(_ text: String) {
    var isSetIn = false
    if lines.last?.hasPrefix(".S") != true { lines.append(".PP") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  ") != isSetIn {
        isSetIn.toggle()
        lines += isSetIn ? [".PP", ".nf"] : [".fi", ".PP"]
      }
      lines.append(line.isEmpty ? ".PP" : Self.line(line))
    }
    if isSetIn { lines.append(".fi") }
  }

  /// A line of text, which never is a request.
  private static func line(_ text: some StringProtocol) -> String {
    let escaped = escaped(text)
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
  }

  private static func escaped(_ text: some StringProtocol) -> String {
    text.map { character -> String in
      switch character {
      case "\\": "\\e"
      case "-": "\\-"
      case "'": "\\(aq"
      case "\"": "\\(dq"
      case "`": "\\(ga"
      case "^": "\\(ha"
      case "~": "\\(ti"
      case "…": "..."
      case "•": "\\(bu"
      default: String(character)
      }
    }.joined()
  }
}

extension ExitCode {
  /// As the manual has it.
  fileprivate var cause: String {
    switch self {
    case .valid: "Valid: every invariant held, or exactly the expected ones failed."
    case .invalid: "Invalid: an invariant was violated."
    case .usage: "The command line, a file or a setting is wrong; nothing was started."
    case .harness: "Harness error: a server never became ready, the disk is full."
    case .steadyState: "No steady state: nothing was broken, nothing judged."
    case .nothingRan: "Nothing ran."
    case .unknown: "Unknown: no violation was seen, but not enough was seen either."
    case .capability: "A capability is missing; faultline doctor tells the remedy."
    case .timedOut: "Its time was up (--timeout): it healed and judged what there was."
    case .interrupted: "Interrupted by SIGINT."
    case .terminated: "Ended by SIGTERM."
    }
  }
}
