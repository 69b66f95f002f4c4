import Glibc

/// Asks the person at the terminal for what the command line left out.
enum Answers {
  /// What was given, or what is answered.
  ///
  /// - Parameters:
  ///   - flag: how the command line says it, for those who are not there.
  ///   - usual: what an empty answer means; nil: there must be one.
  static func ask(
    _ question: String, flag: String, usual: String? = nil
  ) throws(UsageError) -> String {
    guard isatty(STDIN_FILENO) == 1 else {
      if let usual { return usual }
      throw UsageError("\(question): say \(flag)")
    }
    while true {
      standardError(question + (usual.map { " [\($0)]" } ?? "") + ": ")
      guard let line = readLine() else { throw UsageError("\(question): say \(flag)") }
      let said = line.drop { $0 == " " }
      if !said.isEmpty { return String(said) }
      if let usual { return usual }
    }
  }
}
