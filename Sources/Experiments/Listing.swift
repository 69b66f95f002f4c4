public import Stacks
public import YAML

/// What there is to run and to run it with.
public struct Listing: Sendable {
  /// Sorted by path.
  public var experiments: [ExperimentLine]
  /// Sorted by the file's name.
  public var stacks: [StackLine]
  /// Sorted by name.
  public var components: [ComponentLine]

  /// What the list shows of one experiment; only its own file has been read.
  public struct ExperimentLine: Sendable {
    /// The path it was read from.
    public var file: String
    /// A few words for a person; empty where the file is wrong.
    public var title: String
    /// The stack as the file names it, not looked up; empty when it names none.
    public var stack: String
    /// In the order written; empty when the file has none.
    public var tags: [String]
    /// What is wrong with the file; its title is then empty.
    public var problem: Problem?
  }

  /// What the list shows of one stack; nothing of it has been decided.
  public struct StackLine: Sendable {
    /// Its file's name without the ending.
    public var name: String
    /// The path it was read from.
    public var file: String
    /// A few words for a person; empty where the file is wrong.
    public var title: String
    /// One sentence for a person; empty where the file is wrong or has none.
    public var summary: String
    /// Nil where the file is wrong.
    public var outline: StackOutline?
    /// The first thing that is wrong with the file; nil when it is right.
    public var problem: Problem?
  }

  /// What the list shows of one component on this machine.
  public struct ComponentLine: Sendable {
    /// That of its folder.
    public var name: String
    /// One sentence for a person; empty where the file is wrong or has none.
    public var summary: String
    /// The variant that would be used on this machine; nil when none is present.
    public var variant: String?
    /// What that variant stands in for; nil for the real thing, and when none is present.
    public var standInFor: String?
    /// Where its binary is.
    public var binary: String?
    /// How to ask that variant for its version; nil when it cannot tell, and when none is present.
    public var version: VersionQuery?
    /// What is wrong with the file, or missing on this machine.
    public var problem: Problem?
  }
}

extension Loader {
  /// Lists the experiments below a folder, the stacks and the components.
  public func listing(experimentsIn folder: String = "experiments") -> Listing {
    Listing(
      experiments: experimentFiles(in: folder).map { experimentLine($0) },
      stacks: library.list(Self.stackFolder).filter { $0.hasSuffix(".yaml") }.map {
        stackLine("\(Self.stackFolder)/\($0)")
      },
      components: library.list(Self.componentFolder).filter {
        library.read("\(Self.componentFolder)/\($0)/component.yaml") != nil
      }.map { componentLine($0) })
  }

  /// The paths of all experiments below a folder, sorted; folders are those names without a dot.
  public func experimentFiles(in folder: String) -> [String] {
    var files: [String] = []
    var open = [folder]
    while let next = open.popLast() {
      for name in library.list(next) {
        let path = next + "/" + name
        if name.hasSuffix(".yaml") {
          files.append(path)
        } else if !name.contains("."), path.split(separator: "/").count < 16 {
          open.append(path)
        }
      }
    }
    return files.sorted()
  }

  private func experimentLine(_ file: String) -> Listing.ExperimentLine {
    do {
      let root = try YAMLNode.parse(library.read(file) ?? [], file: file)
      return .init(
        file: file, title: root["title"]?.text ?? "", stack: root["stack"]?.text ?? "",
        tags: root["tags"]?.elements?.compactMap(\.text) ?? [],
        problem: root["title"] == nil
          ? Problem(root.mark, "an experiment needs the key 'title'") : nil)
    } catch {
      return .init(file: file, title: "", stack: "", tags: [], problem: error)
    }
  }

  private func stackLine(_ file: String) -> Listing.StackLine {
    do {
      let outline = try StackOutline.read(file, from: library)
      return .init(
        name: outline.name, file: file, title: outline.title, summary: outline.summary,
        outline: outline)
    } catch {
      let name = file.split(separator: "/").last.map { String($0.dropLast(5)) } ?? file
      return .init(name: name, file: file, title: "", summary: "", problem: error.all.first)
    }
  }

  private func componentLine(_ name: String) -> Listing.ComponentLine {
    let folder = "\(Self.componentFolder)/\(name)"
    do {
      let component = try Component.read(folder: folder, from: library)
      guard let chosen = component.chosen(on: machine) else {
        let mark = Mark(file: folder + "/component.yaml")
        return .init(
          name: name, summary: component.summary, problem: component.missing(on: machine, at: mark))
      }
      return .init(
        name: name, summary: component.summary, variant: chosen.variant.name,
        standInFor: chosen.variant.standInFor, binary: chosen.path,
        version: chosen.variant.version)
    } catch {
      return .init(name: name, summary: "", problem: error.all.first)
    }
  }
}
