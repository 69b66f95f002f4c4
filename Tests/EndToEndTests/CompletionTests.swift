import Foundation
import Testing

/// Completions and the manual are made of the verbs' own tables: they name whatever the help does.
@Suite(.needs(Machine.faultline)) struct CompletionTests {
  private func said(_ arguments: String...) throws -> String {
    let ended = try Program(Machine.faultline, arguments).finish()
    #expect(ended.code == 0 && ended.errors.isEmpty, "\(ended)")
    return ended.output
  }

  /// As the overview names them.
  private func verbs() throws -> [String] {
    let lines = try said("help").split(separator: "\n")
    let verbs = lines.compactMap { $0.firstMatch(of: #/^  ([a-z]+) /#).map { String($0.1) } }
    #expect(verbs.count > 30)
    return verbs
  }

  /// As a verb's help names them, each with its dashes.
  private func options(of verb: String) throws -> [String] {
    let help = try said(verb, "--help")
    let start = try #require(help.firstRange(of: "Options:\n"))
    return help[start.upperBound...].split(separator: "\n").compactMap {
      $0.firstMatch(of: /^  (--[a-z-]+)/).map { String($0.1) }
    }
  }

  /// What bash would offer for the last word, once it has read the script.
  private func bash(_ words: [String], in folder: String = Machine.root) throws -> [String] {
    let script = NSTemporaryDirectory() + "completion-\(UUID().uuidString).bash"
    try said("completion", "bash").write(toFile: script, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: script) }
    let asked = """
      source "$1"
      shift
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      _faultline
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let ended = try Program(
      "/bin/bash", ["--norc", "-c", asked, "bash", script, Machine.faultline] + words, in: folder
    ).finish()
    #expect(ended.code == 0 && ended.errors.isEmpty, "\(ended)")
    return ended.output.split(separator: "\n").map(String.init)
  }

  @Test func bashOffersEveryVerbAndEveryOption() throws {
    let verbs = try verbs()
    #expect(try Set(bash([""])).isSuperset(of: verbs))
    for verb in verbs {
      #expect(try Set(bash([verb, "--"])).isSuperset(of: options(of: verb)), "\(verb)")
    }
  }

  @Test(arguments: [
    (["ru"], ["run"]), (["up", "floating-address-r"], ["floating-address-routed"]),
    (["schema", ""], ["experiment", "stack", "component", "result", "call"]),
    (["schema", "experiment", ""], []),
    (["check", "x", "--checker", "single-o"], ["single-owner"]),
    (["check", "x", "--checker", "=", "single-o"], ["single-owner"]),
    (["new", "stack", "s", "--component", "ngi"], ["nginx"]),
    (["run", "--seed", ""], []), (["run", "--seed", "5", "--see"], ["--seed"]),
    (
      ["plan", "experiments/floating-address/01"],
      [
        "experiments/floating-address/01-load-balancer-dies.yaml"
      ]
    ),
    (
      ["plan", "x", "experiments/floating-address/01"],
      [
        "experiments/floating-address/01-load-balancer-dies.yaml"
      ]
    ),
    (["exec", "--", "--"], []), (["session", "e"], ["export"]),
    (
      ["explain", "linear"],
      [
        "linearizable"
      ]
    ),
  ])
  func bashOffersWhatMayStandThere(words: [String], offered: [String]) throws {
    #expect(try Set(bash(words)) == Set(offered))
  }

  @Test func bashReadsTheScriptAndKnowsWhatItIsFor() throws {
    let ended = try Program(
      "/bin/bash",
      [
        "--norc", "-c", "source <(\"$1\" completion bash) && complete -p faultline", "bash",
        Machine.faultline,
      ]
    ).finish()
    #expect(ended.code == 0 && ended.output == "complete -F _faultline faultline\n", "\(ended)")
  }

  @Test func zshAndFishNameEveryVerbAndEveryOption() throws {
    let zsh = try said("completion", "zsh")
    let fish = try said("completion", "fish")
    for verb in try verbs() {
      let entry = try #require(zsh.firstRange(of: "\n    \(verb))\n"))
      let end = try #require(zsh[entry.upperBound...].firstRange(of: "\n      ;;"))
      for option in try options(of: verb) {
        let own = zsh[entry.upperBound..<end.lowerBound]
        #expect(own.contains("*\(option)[") || own.contains("*\(option)=["), "\(verb) \(option)")
        let line = "'__faultline_is_after \(verb)' -l \(option.dropFirst(2)) "
        #expect(fish.contains(line), "\(line)")
      }
    }
  }

  @Test(.needs("/usr/bin/zsh")) func zshReadsIts() throws { try read("zsh", ["-n"]) }
  @Test(.needs("/usr/bin/fish")) func fishReadsIts() throws { try read("fish", ["--no-execute"]) }

  private func read(_ shell: String, _ flags: [String]) throws {
    let script = NSTemporaryDirectory() + "completion-\(UUID().uuidString).\(shell)"
    try said("completion", shell).write(toFile: script, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: script) }
    let ended = try Program("/usr/bin/\(shell)", flags + [script]).finish()
    #expect(ended.code == 0 && ended.errors.isEmpty, "\(ended)")
  }

  /// fish says itself what it would offer.
  @Test(.needs("/usr/bin/fish")) func fishOffersEveryOption() throws {
    for verb in try verbs() {
      let asked =
        "'\(Machine.faultline)' completion fish | source; complete --do-complete 'faultline \(verb) --'"
      let ended = try Program("/usr/bin/fish", ["--no-config", "-c", asked]).finish()
      let offered = ended.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
      #expect(try Set(offered.map(String.init)).isSuperset(of: options(of: verb)), "\(ended)")
    }
  }

  @Test func theManualNamesEveryVerbAndEveryOption() throws {
    let page = try said("man")
    for verb in try verbs() {
      let entry = try #require(page.firstRange(of: "\n.SS \(verb)\n"))
      let rest = page[entry.upperBound...]
      let own = rest[..<(rest.firstRange(of: "\n.S")?.lowerBound ?? rest.endIndex)]
      for option in try options(of: verb) {
        #expect(own.contains("\\fB\(option.replacing("-", with: "\\-"))\\fR"), "\(verb) \(option)")
      }
    }
  }

  @Test(.needs("/usr/bin/groff")) func groffHasNothingAgainstTheManual() throws {
    let ended = try Program(
      "/bin/sh", ["-c", "'\(Machine.faultline)' man | groff -man -Tutf8 -ww -z"]
    ).finish()
    #expect(ended.code == 0 && ended.errors.isEmpty, "\(ended)")
  }

  @Test(arguments: [
    ["completion"], ["completion", "tcsh"], ["completion", "words", "x"], ["man", "x"],
  ])
  func whatIsNotThereIsSaid(words: [String]) throws {
    let ended = try Program(Machine.faultline, words).finish()
    #expect(ended.code == 2 && ended.output.isEmpty, "\(ended)")
    #expect(ended.errors.split(separator: "\n").count == 1)
  }
}
