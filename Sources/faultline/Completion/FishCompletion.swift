/// The script by which fish completes command lines of ours.
enum FishCompletion {
  static func script(_ verbs: [any Verb.Type]) -> String {
    let first = verbs.map { verb in
      "complete -c faultline -n __faultline_is_first -a \(verb.name) -d \(quoted(verb.summary))"
    }
    return """
      # How fish completes faultline; made by: faultline completion fish
      function __faultline_is_first
        test (count (commandline -opc)) -eq 1
      end
      function __faultline_is_after
        set -l words (commandline -opc)
        test (count $words) -gt 1; and test $words[2] = $argv[1]
      end
      function __faultline_names
        set -l words (commandline -opc)
        $words[1] completion words $argv[1] 2> /dev/null
      end
      complete -c faultline -f
      \(first.joined(separator: "\n"))
      complete -c faultline -n __faultline_is_first -a help -d 'Explain a verb.'
      complete -c faultline -n '__faultline_is_after help' -a '\(verbs.map { $0.name }.joined(separator: " "))'
      \(verbs.map { entry($0) }.joined(separator: "\n"))
      """
  }

  private static func entry(_ verb: any Verb.Type) -> String {
    let head = "complete -c faultline -n '__faultline_is_after \(verb.name)'"
    let options = (verb.options + [.help]).map { option in
      let spellings = option.spellings.map { spelling in
        let word = spelling.drop { $0 == "-" }
        let flag = spelling.hasPrefix("--") ? "-l" : word.count == 1 ? "-s" : "-o"
        return " \(flag) \(word)"
      }
      return head + spellings.joined() + (option.offer.map { " -r\(arguments($0))" } ?? "")
        + " -d \(quoted(option.summary))"
    }
    let operands = OperandOffers(of: verb).all
    return (options + (operands.isEmpty ? [] : [head + arguments(operands)]))
      .joined(separator: "\n")
  }

  /// Files are offered only where `-F` says so.
  private static func arguments(_ offer: Offer) -> String {
    var words = offer.words + offer.names.map { "(__faultline_names \($0.rawValue))" }
    if offer.takesFolders { words.append("(__fish_complete_directories)") }
    return (offer.takesFiles ? " -F" : " -f")
      + (words.isEmpty ? "" : " -a \(quoted(words.joined(separator: " ")))")
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.map { "\\'".contains($0) ? "\\\($0)" : String($0) }.joined()
    return "'\(escaped)'"
  }
}
