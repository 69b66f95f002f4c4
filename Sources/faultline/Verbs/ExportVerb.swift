import Archive
import Basics
import Glibc
import Histories
import Linux

struct ExportVerb: Verb {
  static let name = "export"
  static let summary = "Write a stored history in a format of another tool."
  static let usage = "DIR|FILE --format jepsen-edn|jsonl|porcupine [--output FILE]"
  static let options: [Option] = [
    Option(name: "format", value: "NAME", summary: "jepsen-edn, jsonl or porcupine."),
    Option(name: "output", value: "FILE", summary: "Where to; standard output unless told."),
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
      let history = try HistoryFile.read(path)
      let output =
        try arguments.value("output").map { try Descriptor.open($0, .replace) }
        ?? Descriptor(owning: dup(STDOUT_FILENO))
      try history.write(as: format) { try output.write($0) }
    } catch let error as ArchiveError {
      throw UsageError(error.description)
    } catch let error as WritingError {
      throw UsageError(error.message)
    }
    return .valid
  }
}
