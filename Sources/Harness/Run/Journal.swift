import Histories
import Basics
import Faults
import Linux
import Synchronization

/// `journal.jsonl`: what is about to be done to the stack and what became of it, a line each, on
/// disk before the act. Even a killed runner leaves a truthful record.
final class FaultJournal: Sendable {
  private let file: Descriptor
  private let secrets: Secrets

  /// - Parameter secrets: what no line says.
  init(in folder: RunFolder, hiding secrets: Secrets) throws(Errno) {
    self.secrets = secrets
    file = try Descriptor.open(folder.path + "/journal.jsonl", .append)
  }

  func write(_ entry: FaultChange, at moment: Instant) throws(FaultError) {
    let line: JSON = [
      "at": .milliseconds(Instant.start.duration(to: moment)),
      "phase": .string(entry.phase.rawValue), "fault": .integer(entry.mark.id),
      "summary": .string(entry.mark.summary),
      "targets": .strings(entry.mark.targets.map(\.description)),
      "note": .string(entry.note),
    ]
    do throws(Errno) {
      try file.write(line.masked(by: secrets).text() + "\n")
      try file.flush()
    } catch {
      throw FaultError("write the journal", error.description)
    }
  }
}
