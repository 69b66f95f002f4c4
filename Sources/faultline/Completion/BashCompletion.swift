/// The script by which bash completes command lines of ours: a table, and a function that reads it.
enum BashCompletion {
  static func script(_ verbs: [any Verb.Type]) -> String {
    let names = verbs.map { $0.name } + ["help", "--help", "--version"]
    return """
      # How bash completes faultline; made by: faultline completion bash
      _faultline() {
        local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
        local options='' valued='' offers='' rest='' operands=() offer i place=0
        COMPREPLY=()
        if ((COMP_CWORD == 1)) || [[ ${COMP_WORDS[1]} == help ]]; then
          mapfile -t COMPREPLY < <(compgen -W '\(names.joined(separator: " "))' -- "$word")
          return
        fi
        # Bash parts --name=value at the sign.
        if [[ $word == = ]]; then word=; elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi
        case ${COMP_WORDS[1]} in
      \(verbs.map { entry($0) }.joined(separator: "\n"))
          *) return ;;
        esac
        for ((i = 2; i < COMP_CWORD; i++)); do
          case ${COMP_WORDS[i]} in
            --) return ;;
            =) ((i++)) ;;
            -*) [[ " $valued " == *" ${COMP_WORDS[i]} "* && ${COMP_WORDS[i + 1]} != = ]] && ((i++)) ;;
            *) ((place++)) ;;
          esac
        done
        if [[ " $valued " != *" $previous "* ]]; then
          if [[ $word == -* ]]; then offers=$options; else offers=${operands[place]-$rest}; fi
        fi
        for offer in $offers; do
          case $offer in
            @files)
              mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word")
              compopt -o filenames 2> /dev/null
              ;;
            @folders)
              mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$word")
              compopt -o filenames 2> /dev/null
              ;;
            @*)
              mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(
                compgen -W "$("${COMP_WORDS[0]}" completion words "${offer#@}" 2> /dev/null)" -- "$word"
              )
              ;;
            *) if [[ $offer == "$word"* ]]; then COMPREPLY+=("$offer"); fi ;;
          esac
        done
      }
      complete -F _faultline faultline
      """
  }

  private static func entry(_ verb: any Verb.Type) -> String {
    let options = verb.options + [.help]
    let operands = OperandOffers(of: verb)
    let values = options.compactMap { option in
      option.offer.map { (option.spellings, $0) }
    }
    var lines = [
      "    \(verb.name))",
      "      options='\(options.flatMap(\.spellings).joined(separator: " "))'",
      "      valued='\(values.flatMap(\.0).joined(separator: " "))'",
      "      operands=(\(operands.places.map { "'\(text($0))'" }.joined(separator: " ")))",
    ]
    if let rest = operands.rest { lines.append("      rest='\(text(rest))'") }
    let offered = values.filter { !$0.1.isEmpty }
    if !offered.isEmpty {
      let cases = offered.map { spellings, offer in
        "        \(spellings.joined(separator: " | "))) offers='\(text(offer))' ;;"
      }
      lines += ["      case $previous in"] + cases + ["      esac"]
    }
    return (lines + ["      ;;"]).joined(separator: "\n")
  }

  /// None of these words has a blank or a quote.
  private static func text(_ offer: Offer) -> String { offer.marks.joined(separator: " ") }
}
