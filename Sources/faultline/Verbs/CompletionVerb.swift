import Basics
import Experiments
import Harness

struct CompletionVerb: Verb {
  static let name = "completion"
  static let summary = "Print the script by which a shell completes our command lines."
  static let usage = "bash|zsh|fish"
  static let options: [Option] = []
  static let notes = """
    An installed package has brought them. Elsewhere, for this shell and for every one to come:
      source <(faultline completion bash)
      faultline completion bash > ~/.local/share/bash-completion/completions/faultline
    The scripts ask 'faultline completion words KIND' for the names that only a project knows: \
    \(Offer.Names.allCases.map(\.rawValue).joined(separator: ", ")).
    """

  private static let shells: [(name: String, script: @Sendable ([any Verb.Type]) -> String)] = [
    ("bash", BashCompletion.script), ("zsh", ZshCompletion.script), ("fish", FishCompletion.script),
  ]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let words = arguments.operands
    if words.count == 2, words[0] == "words" {
      show(try names(words[1]).joined(separator: "\n"))
      return .valid
    }
    let known = shells.map(\.name)
    guard let word = words.first, words.count == 1 else {
      throw UsageError("'completion' takes one shell: \(known.joined(separator: ", "))")
    }
    guard let shell = shells.first(where: { $0.name == word }) else {
      let near = Suggestion.nearest(to: word, among: known).map { "; did you mean '\($0)'?" }
      throw UsageError(
        "there is no completion for '\(word)'"
          + (near ?? "; there are \(known.joined(separator: ", "))"))
    }
    show(shell.script(Faultline.verbs))
    return .valid
  }

  /// Of the project, by their files alone: whether they can be used takes too long to ask while somebody types.
  private static func names(_ kind: String) throws -> [String] {
    guard let names = Offer.Names(rawValue: kind) else {
      throw UsageError(
        "there are no words of '\(kind)'; there are "
          + Offer.Names.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let project = try Project.here()
    let files = project.library()
    switch names {
    case .experiments: return try project.loader().experimentFiles(in: "experiments")
    case .stacks:
      return files.list(Loader<FolderLibrary>.stackFolder).filter { $0.hasSuffix(".yaml") }
        .map { String($0.dropLast(".yaml".count)) }
    case .components:
      return files.list(Loader<FolderLibrary>.componentFolder).filter { !$0.contains(".") }
    case .drivers: return try project.loader().drivers().map(\.name)
    }
  }
}
