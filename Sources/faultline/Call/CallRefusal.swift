import Basics
import Glibc
import Harness
import Histories
import Linux
import Reports

/// What a call of `run` leaves whose command line is wrong: the same files as any, so that nobody takes those of an older
/// call for its own.
enum CallRefusal {
  /// - Parameter words: the command line after the verb, as it was given: it may be that it cannot be understood.
  static func leave(_ words: [String], because error: UsageError) {
    guard Ticket.taken() == nil else { return }
    let secrets = Secrets(values(words))
    let sentence = secrets.mask(error.message)
    if words.contains("--json") { show(document(words, sentence).text()) }
    guard Repetition.own == nil else { return }
    let clock = RunClock()
    var call = RunCall(
      command: command(words), startedNanoseconds: clock.wallOrigin,
      started: WallClock.text(clock.wallOrigin))
    call.refusal = .init(exit: .usage, sentence: sentence)
    leave(call, words)
  }

  /// That the command line is wrong is the one sentence that helps, whatever can be written.
  private static func leave(_ call: RunCall, _ words: [String]) {
    if let path = value("junit", words) { try? CallFiles.write(call.junit, to: path) }
    if let path = value("summary", words) { try? CallFiles.write(call.markdown(), to: path) }
    guard let project = try? Project.here() else { return }
    try? GitHub.tell(call, project, isJSON: words.contains("--json"))
    let given = value("reports", words)
    // A typo somewhere is no reason to make folders there.
    guard given != nil || Files.isFolder(project.root + "/fixtures/stacks"),
      let reports = try? project.reports(given)
    else { return }
    let folder = try? CallFolder.make(
      in: reports, ending: "refused", isShared: words.contains("--share"))
    try? folder?.write(call)
  }

  /// What `--json` prints: a result without an experiment.
  private static func document(_ words: [String], _ sentence: String) -> JSON {
    var record = RunRecord(
      experiment: .init(name: "", file: "", title: "", description: ""), stack: "", seed: 0,
      command: command(words), history: HistoryBuilder().finish())
    record.exit = .usage
    record.trouble = sentence
    return record.json
  }

  private static func command(_ words: [String]) -> String {
    (["faultline", "run"] + withoutValues(words)).joined(separator: " ")
  }

  /// The words with no value of `--set`, for any may be a secret.
  static func withoutValues(_ words: [String]) -> [String] {
    words.enumerated().map { place, word in
      func hidden(_ text: some StringProtocol) -> String {
        let name = text.prefix { $0 != "=" }
        return name.count < text.count ? "\(name)=…" : "…"
      }
      if word.hasPrefix("--set=") { return "--set=" + hidden(word.dropFirst("--set=".count)) }
      return place > 0 && words[place - 1] == "--set" ? hidden(word) : word
    }
  }

  private static func values(_ words: [String]) -> [String] {
    words.enumerated().compactMap { place, word in
      let text: Substring
      if word.hasPrefix("--set=") {
        text = word.dropFirst("--set=".count)
      } else if place > 0, words[place - 1] == "--set" {
        text = word[...]
      } else {
        return nil
      }
      let value = text.firstIndex(of: "=").map { text[text.index(after: $0)...] } ?? text
      return value.utf8.count >= Secrets.shortest ? String(value) : nil
    }
  }

  /// The last value of an option, however little of the rest can be understood.
  private static func value(_ name: String, _ words: [String]) -> String? {
    var found: String?
    for (place, word) in words.enumerated() {
      if word.hasPrefix("--\(name)=") { found = String(word.dropFirst(name.count + 3)) }
      if word == "--\(name)", place + 1 < words.count { found = words[place + 1] }
    }
    return found
  }
}
