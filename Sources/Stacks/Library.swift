public import YAML

/// Where stacks, components and their templates are read from; the core itself does no input.
public protocol Library {
  /// The bytes of a file; nil when there is none.
  func read(_ path: String) -> [UInt8]?
  /// The names in a folder, sorted; empty when there is none.
  func list(_ folder: String) -> [String]
  /// Why a file that is there is not read, as a sentence that begins behind its path; nil where there is
  /// none.
  func refusal(of path: String) -> String?
}

extension Library {
  public func refusal(of path: String) -> String? { nil }

  /// That a file cannot be had: it is refused, or there is none.
  public func absence(of path: String, line: Int = 1) -> Problem {
    Problem(Mark(file: path, line: line), refusal(of: path) ?? "there is no such file")
  }
}

/// Files held in memory: a stored plan's, or a test's.
public struct MemoryLibrary: Library, Sendable {
  /// The bytes of every file by its path; a folder exists when a file lies below it.
  public var files: [String: [UInt8]]

  /// Paths are compared as they stand: nothing is made absolute.
  public init(_ files: [String: [UInt8]]) { self.files = files }

  /// Files that are texts, kept as UTF-8, by their paths.
  public init(texts: [String: String]) { files = texts.mapValues { Array($0.utf8) } }

  public func read(_ path: String) -> [UInt8]? { files[path] }

  public func list(_ folder: String) -> [String] {
    let names = files.keys.compactMap { path -> String? in
      guard path.hasPrefix(folder + "/") else { return nil }
      return path.dropFirst(folder.utf8.count + 1).split(separator: "/").first.map { String($0) }
    }
    return Set(names).sorted()
  }
}

/// What planning must know about the machine.
public struct Machine: Sendable {
  /// The folder of the harness' own binary, `${bin}` in the data.
  public let binFolder: String
  /// The absolute path of a binary that is present; nil when it is not. Asked with an absolute
  /// path, or with a bare name that is to be looked up on the PATH.
  public let locate: @Sendable (String) -> String?

  /// `locate` may be asked from any thread, and again for what it was asked before.
  public init(binFolder: String, locate: @escaping @Sendable (String) -> String?) {
    self.binFolder = binFolder
    self.locate = locate
  }

  /// A machine that has everything, where its first choice of each is used.
  public static let imaginary = Machine(binFolder: "/opt/faultline/bin") { path in
    path.hasPrefix("/") ? path : "/usr/bin/" + path
  }
}
