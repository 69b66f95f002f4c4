import Basics
import Glibc
import Histories
import Linux

struct ExportVerb: Verb {
  static let name = "export"
  static let summary = "Write a stored history in a format of another tool."
  static let usage =
    "DIR|FILE --format jepsen-edn|jsonl|porcupine [--workload NAME] [--output FILE]"
  static let options: [Option] = [
    Option(name: "format", value: "NAME", summary: "jepsen-edn, jsonl or porcupine."),
    Option(name: "workload", value: "NAME", summary: "Only the operations of one workload."),
    Option(name: "output", value: "FILE", summary: "Where to; standard output by default."),
    Option(name: "budget", value: "10m", summary: "The time that reading may take; 5m by default."),
    .memory,
  ]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let path = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError(
        "'export' takes one run's folder or history: faultline export DIR --format NAME")
    }
    let names = HistoryFormat.writable.map(\.rawValue).joined(separator: ", ")
    guard let name = arguments.value("format") else {
      throw UsageError("'export' needs --format: one of \(names)")
    }
    guard let format = HistoryFormat(name: name), HistoryFormat.writable.contains(format) else {
      throw UsageError("a history cannot be written as '\(name)'; one of \(names)")
    }
    do {
      var history = try History.stored(at: path, within: CheckBudget(arguments, usual: "5m"))
      if let workload = arguments.value("workload") {
        history = try history.narrowed(to: workload, from: path)
      }
      let output =
        try arguments.value("output").map { try Descriptor.open($0, .replace) }
        ?? Descriptor(owning: dup(STDOUT_FILENO))
      try history.write(as: format) { try output.write($0) }
    } catch let error as WritingError {
      throw UsageError(error.message)
    }
    return .valid
  }
}

extension History {
  /// The names of the workloads that operations belong to, sorted.
  private var workloads: [String] {
    Set(operations.map(\.workload)).compactMap { name($0) }.sorted()
  }

  /// Only the operations of one workload.
  ///
  /// - Throws: `UsageError` when there is none of that name, with those there are.
  func narrowed(to workload: String, from path: String) throws(UsageError) -> History {
    let known = workloads
    guard known.contains(workload) else {
      let near = Suggestion.nearest(to: workload, among: known).map { "; did you mean '\($0)'?" }
      let names =
        known.isEmpty ? "; it names no workloads" : "; it has \(known.joined(separator: ", "))"
      throw UsageError("\(path) has no operations of a workload '\(workload)'" + (near ?? names))
    }
    return of(workload: workload)
  }
}
