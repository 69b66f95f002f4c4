/// The script by which zsh completes command lines of ours.
enum ZshCompletion {
  static func script(_ verbs: [any Verb.Type]) -> String {
    let names = verbs.map { "\($0.name):\(escaped($0.summary, ":"))" } + ["help:Explain a verb."]
    return """
      #compdef faultline
      # How zsh completes faultline; made by: faultline completion zsh
      _faultline_offer() {
        local offer
        local -a names
        for offer in "$@"; do
          case $offer in
            @files) _files ;;
            @folders) _files -/ ;;
            @*)
              names=(${(f)"$($program completion words ${offer#@} 2> /dev/null)"})
              compadd -a names
              ;;
            *) compadd -- $offer ;;
          esac
        done
      }
      _faultline() {
        local program=${(Q)words[1]}
        local -a verbs=(
      \(names.map { "    \(quoted($0))" }.joined(separator: "\n"))
        )
        if (( CURRENT == 2 )) || [[ $words[2] == help ]]; then
          _describe -t verbs verb verbs
          return
        fi
        local verb=$words[2]
        shift words
        (( CURRENT-- ))
        case $verb in
      \(verbs.map { entry($0) }.joined(separator: "\n"))
        esac
      }
      _faultline "$@"
      """
  }

  private static func entry(_ verb: any Verb.Type) -> String {
    let operands = OperandOffers(of: verb)
    var specs = (verb.options + [.help]).flatMap { option in
      option.spellings.map { spelling in
        let help = "[\(escaped(option.summary, "[]:"))]"
        guard let value = option.value, let offer = option.offer else {
          return "*\(spelling)\(help)"
        }
        let sign = spelling.hasPrefix("--") ? "=" : ""
        return "*\(spelling)\(sign)\(help):\(escaped(value, ":")):\(action(offer))"
      }
    }
    specs += operands.places.enumerated().map { place, offer in
      "\(place + 1)::operand:\(action(offer))"
    }
    if let rest = operands.rest { specs.append("*:operand:\(action(rest))") }
    let lines = specs.map { "        \(quoted($0))" }
    return "    \(verb.name))\n      _arguments -S \\\n"
      + lines.joined(separator: " \\\n") + "\n      ;;"
  }

  private static func action(_ offer: Offer) -> String {
    offer.isEmpty ? " " : "{_faultline_offer \(offer.marks.joined(separator: " "))}"
  }

  private static func escaped(_ text: String, _ characters: String) -> String {
    text.map { characters.contains($0) || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
