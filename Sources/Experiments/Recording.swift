internal import Stacks
internal import Synchronization

/// Notes what was asked of a library, so that a plan can be made again without it.
final class RecordingLibrary<Files: Library>: Library {
  private let files: Files
  private(set) var sources: [String: String] = [:]
  private(set) var folders: [String: [String]] = [:]

  init(_ files: Files) { self.files = files }

  func read(_ path: String) -> [UInt8]? {
    let bytes = files.read(path)
    sources[path] = bytes.map { String(decoding: $0, as: UTF8.self) }
    return bytes
  }

  func list(_ folder: String) -> [String] {
    let names = files.list(folder)
    folders[folder] = names
    return names
  }

  /// Not noted: what was refused was not planned.
  func refusal(of path: String) -> String? { files.refusal(of: path) }
}

/// Answers as a recorded library did.
struct RecordedLibrary: Library {
  let origin: Origin

  func read(_ path: String) -> [UInt8]? { origin.sources[path].map { Array($0.utf8) } }

  func list(_ folder: String) -> [String] { origin.folders[folder] ?? [] }
}

/// Notes what a machine answered.
final class RecordingMachine: Sendable {
  private let answers = Mutex<[String: String?]>([:])
  private let machine: Machine

  init(_ machine: Machine) { self.machine = machine }

  var binaries: [String: String?] { answers.withLock { $0 } }

  var recording: Machine {
    Machine(binFolder: machine.binFolder) { path in
      let found = self.machine.locate(path)
      self.answers.withLock { $0[path] = .some(found) }
      return found
    }
  }
}

extension Machine {
  /// Answers as a recorded machine did.
  init(_ origin: Origin) {
    let binaries = origin.binaries
    self.init(binFolder: origin.binFolder) { binaries[$0] ?? nil }
  }
}
