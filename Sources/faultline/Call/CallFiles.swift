import Basics
import Experiments
import Glibc
import Harness
import Linux
import Reports
import Stacks
import Synchronization

/// Where a call of `run` leaves what its runs came to: its own folder below the reports, the files that the command line
/// names, and what GitHub's runner shows.
final class CallFiles: Sendable {
  let reports: String
  private let isShared: Bool
  private let ending: String
  private let junit: String?
  private let summary: String?
  private let project: Project
  /// Once it is made.
  private let folder = Mutex<CallFolder?>(nil)

  init(_ arguments: Arguments, _ project: Project) throws {
    reports = try project.reports(arguments.value("reports"))
    isShared = arguments.has("share")
    ending = "\(try arguments.number("seed") ?? Ticket.seed())"
    junit = arguments.value("junit")
    summary = arguments.value("summary")
    self.project = project
  }

  /// The command line without secrets: as it was given where all of them are known, else without any value.
  static func command(_ arguments: Arguments, _ asked: [AskedRun]) -> String {
    var secrets: [Secrets] = []
    var areKnown = true
    for one in asked {
      guard case .planned(let single, _) = one.state else {
        areKnown = false
        continue
      }
      secrets.append(single.plan.stack.secrets)
    }
    var words = Array(CommandLine.arguments.dropFirst())
    if !areKnown { words = CallRefusal.withoutValues(words) }
    return secrets.reduce("faultline " + words.joined(separator: " ")) { $1.mask($0) }
  }

  /// Makes the folder, and the files that say that nothing was begun. That a file that was asked for cannot be written is
  /// told at once, not in an hour.
  ///
  /// - Returns: nil where nothing can be left below the reports: whatever is run says so, too.
  func begin(_ call: RunCall) throws(UsageError) -> CallFolder? {
    for (option, path, text) in named(call) {
      do throws(Errno) { try Self.write(text, to: path) } catch {
        throw UsageError("--\(option) \(path) cannot be written: \(error)")
      }
    }
    let made = try? CallFolder.make(in: reports, ending: ending, isShared: isShared)
    folder.withLock { $0 = made }
    keep(call)
    return made
  }

  /// The same with what is known by now. Where it fails, the last time says so.
  func keep(_ call: RunCall) { try? write(call) }

  /// The files that the command line names.
  private func named(_ call: RunCall) -> [(option: String, path: String, text: String)] {
    var files: [(option: String, path: String, text: String)] = []
    if let junit { files.append(("junit", junit, call.junit)) }
    if let summary { files.append(("summary", summary, call.markdown())) }
    return files
  }

  private func write(_ call: RunCall) throws(Errno) {
    for (_, path, text) in named(call) { try Self.write(text, to: path) }
    // One at a time, for runs that end side by side come here.
    let failure = folder.withLock { folder -> Errno? in
      do throws(Errno) {
        try folder?.write(call)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// The last words: all files, what GitHub shows, and where they are.
  ///
  /// - Returns: whether all could be written.
  func end(_ call: RunCall, isJSON: Bool) -> Bool {
    var areWritten = true
    do throws(Errno) {
      if folder.withLock({ $0 == nil }) {
        let made = try CallFolder.make(in: reports, ending: ending, isShared: isShared)
        folder.withLock { $0 = made }
      }
      try write(call)
    } catch {
      areWritten = false
      // Where the call did not end well, why is the one sentence that helps.
      if call.exit == .valid || junit != nil || summary != nil {
        standardError("faultline: what the call came to cannot be written: \(error)\n")
      }
    }
    do throws(Errno) { try GitHub.tell(call, project, isJSON: isJSON) } catch {
      standardError("warning: GitHub's summary cannot be written: \(error)\n")
    }
    if let path = folder.withLock({ $0?.path }), !isJSON, call.parts.count > 1 {
      print(Closing.text(call))
      show("  call: \(path.plainLine)/junit.xml")
      fflush(nil)
    }
    return areWritten
  }

  /// Makes the folders on the way, as whoever names a file for continuous integration expects.
  static func write(_ text: String, to path: String) throws(Errno) {
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try Files.makeFolder(String(path[..<slash]))
    }
    try Files.write(text, to: path)
  }
}

extension CallFolder {
  /// All that a call leaves in it.
  func write(_ call: RunCall) throws(Errno) {
    try write([
      ("junit.xml", call.junit), ("call.json", call.json.text(indented: true) + "\n"),
      ("summary.md", call.markdown()), ("metrics.prom", call.metrics),
    ])
  }
}
