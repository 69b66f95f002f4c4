public import Experiments
public import Linux
internal import Nodes
public import Stacks

/// The files a user works with: experiments, stacks and components, found from where they stand.
public struct Project: Sendable {
  /// The folder that holds `fixtures`, seen from the working folder; empty for that folder itself.
  public let root: String

  /// The working folder, or the nearest one above it that has `fixtures/stacks`.
  public static func here() throws(Errno) -> Project {
    var folder = try Files.workingFolder()
    while !folder.isEmpty {
      if Files.isFolder(folder + "/fixtures/stacks") { return Project(root: folder) }
      folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
    }
    return Project(root: try Files.workingFolder())
  }

  /// Makes plans of the project's files on this machine.
  ///
  /// - Parameter trust: how far the files may reach; beyond the project, links are followed, too.
  public func loader(_ trust: Trust = .project) throws(Errno) -> Loader<FolderLibrary> {
    var followsLinks = false
    if case .everything = trust { followsLinks = true }
    return Loader(
      FolderLibrary(root: root, followsLinks: followsLinks), machine: try Machine.this(),
      trust: trust)
  }

  /// A path as the project names it: given from the working folder, or as it stands. Links on the way to
  /// the file are resolved, for the user named it; what the file is, is seen when it is read.
  public func path(of given: String) throws(Errno) -> String {
    let absolute = given.hasPrefix("/") ? given : try Files.workingFolder() + "/" + given
    guard Files.exists(absolute), let slash = absolute.lastIndex(of: "/") else { return given }
    let last = absolute[absolute.index(after: slash)...]
    guard !["", ".", ".."].contains(last) else { return relative(absolute) }
    let folder = try Files.realFolder(String(absolute[...slash]))
    return relative(folder == "/" ? "/\(last)" : "\(folder)/\(last)")
  }

  /// Where a path that the project names lies on this machine.
  public func place(of path: String) -> String { path.hasPrefix("/") ? path : root + "/" + path }

  private func relative(_ absolute: String) -> String {
    absolute.hasPrefix(root + "/") ? String(absolute.dropFirst(root.count + 1)) : absolute
  }

  /// Folders that every node sees wherever they lie: the harness' own binaries, and the libraries that
  /// these were built with, where they are not the machine's. Of the project itself a node sees what its
  /// components are made of, so that what a person keeps there besides stays hidden.
  public static func shares() throws(Errno) -> [String] {
    let folders = Set([try Machine.this().binFolder]).union(try Machine.ownLibraries())
    return folders.filter { Files.isFolder($0) }.sorted()
  }

  /// A folder given on the command line, made absolute; `reports` in the project by default.
  public func reports(_ given: String?) throws(Errno) -> String {
    guard let given else { return root + "/reports" }
    return given.hasPrefix("/") ? given : try Files.workingFolder() + "/" + given
  }
}

extension Machine {
  /// The folders outside `/usr` and `/lib` of the shared libraries that this process uses:
  /// proc_pid_maps(5).
  fileprivate static func ownLibraries() throws(Errno) -> Set<String> {
    var folders: Set<String> = []
    for line in try Files.read("/proc/self/maps").split(separator: "\n") {
      guard let slash = line.firstIndex(of: "/"), let last = line.lastIndex(of: "/"),
        line[last...].contains(".so")
      else { continue }
      let folder = String(line[slash..<last])
      if !["/usr/", "/lib"].contains(where: { folder.hasPrefix($0) }) { folders.insert(folder) }
    }
    return folders
  }

  /// The machine this runs on.
  public static func this() throws(Errno) -> Machine {
    let program = try Files.link("/proc/self/exe")
    let folder = program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "/"
    return Machine(binFolder: folder) { name in
      if name.hasSuffix(".py") { return Files.exists(name) ? name : nil }
      if name.hasPrefix("/") { return Files.isExecutable(name) ? name : nil }
      return Files.program(name, in: Command.standardPath)
    }
  }
}
