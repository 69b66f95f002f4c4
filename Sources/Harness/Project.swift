public import Experiments
public import Linux
internal import Nodes
public import Stacks

/// The files a user works with: experiments, stacks and components, found from where they stand.
public struct Project: Sendable {
  /// Where its files lie.
  public let layers: ProjectLayers
  /// The user's own folder, where what is made goes, too.
  public var root: String { layers.own }

  /// The working folder, or the nearest one above it that has `fixtures/stacks`; with what came with the
  /// program below it.
  public static func here() throws(Errno) -> Project {
    let shipped = try Machine.this().shippedProject
    let working = try Files.workingFolder()
    var folder = working
    while !folder.isEmpty {
      if Files.isFolder(folder + "/fixtures/stacks") {
        return Project(layers: ProjectLayers(own: folder, shipped: shipped))
      }
      folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
    }
    return Project(layers: ProjectLayers(own: working, shipped: shipped))
  }

  /// The project's files.
  public func library(followingLinks followsLinks: Bool = false) -> FolderLibrary {
    FolderLibrary(layers, followsLinks: followsLinks)
  }

  /// Makes plans of the project's files on this machine.
  ///
  /// - Parameter trust: how far the files may reach; beyond the project, links are followed, too.
  public func loader(_ trust: Trust = .project) throws(Errno) -> Loader<FolderLibrary> {
    var followsLinks = false
    if case .everything = trust { followsLinks = true }
    return Loader(
      library(followingLinks: followsLinks), machine: try Machine.this(), trust: trust)
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
  public func place(of path: String) -> String { layers.place(of: path) }

  /// Where drivers in Python find what they share.
  public var pythonPath: String {
    layers.places(of: "fixtures/drivers").joined(separator: ":")
  }

  /// An absolute path as the project names it; as it stands where that would name another file.
  private func relative(_ absolute: String) -> String {
    for folder in [root, layers.shipped].compactMap(\.self) where absolute.hasPrefix(folder + "/") {
      let path = String(absolute.dropFirst(folder.count + 1))
      if layers.folder(of: path) == folder { return path }
    }
    return absolute
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
  /// What came with the program, `share/faultline` beside the `lib/faultline` that holds it; nil in a source tree.
  fileprivate var shippedProject: String? {
    let parts = binFolder.split(separator: "/")
    guard parts.suffix(2) == ["lib", "faultline"] else { return nil }
    let prefix = parts.dropLast(2).map { "/" + $0 }.joined()
    let folder = prefix + "/share/faultline"
    return Files.isFolder(folder + "/fixtures/stacks") ? folder : nil
  }

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
