/// Which of a nemesis' functions end which faults, by the words that Jepsen tests use.
enum NemesisWords {
  /// True when the function heals open faults of that name; `open` is never empty-handed: a word
  /// such as `start` heals a `kill` but begins a fault of its own when nothing was killed.
  static func heals(_ function: String, _ open: String) -> Bool {
    if function == "stop" { return open == "start" }
    if function == "start" { return ["kill", "crash", "stop", "terminate"].contains(open) }
    if function == "restart" { return ["kill", "crash", "terminate"].contains(open) }
    if function == "resume" || function == "cont" { return open == "pause" }
    if function == "recover" { return true }
    if function == "fast" || function == "flaky-stop" { return ["slow", "flaky"].contains(open) }
    if function.hasPrefix("reset") {
      return open.contains("clock") || ["bump", "strobe", "scramble"].contains(open)
    }
    if function.hasPrefix("heal") || function == "join-partition" { return isPartition(open) }
    for prefix in ["stop-", "end-", "unset-"] where function.hasPrefix(prefix) {
      let subject = function.dropFirst(prefix.count)
      return open == subject || open == "start-" + subject || open == "begin-" + subject
    }
    return false
  }

  /// True for a function that breaks nothing: it only ever ends faults, or looks, or is an
  /// operator's step.
  static func isAction(_ function: String) -> Bool {
    harmless.contains(function) || function.hasPrefix("check")
      || function.hasPrefix("heal") || function.hasPrefix("reset") || function.hasPrefix("stop-")
      || function.hasPrefix("end-") || function.hasPrefix("unset-")
  }

  private static let harmless: Set<String> = [
    "stop", "resume", "cont", "recover", "fast", "restart", "sleep", "log", "noop", "join",
    "leave", "grow", "shrink", "promote", "snapshot",
  ]

  private static func isPartition(_ name: String) -> Bool {
    name.contains("partition") || name == "start" || name == "isolate" || name == "cut"
  }
}
