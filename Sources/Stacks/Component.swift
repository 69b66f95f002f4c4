public import YAML

/// How one kind of server runs: a folder with `component.yaml` and the templates beside it.
public struct Component: Sendable {
  /// That of its folder: what a node's `components` list calls it.
  public let name: String
  /// One sentence for a person.
  public let summary: String
  /// What a stack may set, in the order declared.
  public let parameters: [Parameter]
  /// In order of preference; never empty.
  public let variants: [Variant]
  /// Where its templates are.
  let folder: String
  /// What all variants share: the keys of a recipe, unread.
  let shared: [YAMLNode.Entry]
  let mark: Mark

  /// One program that can play the component.
  public struct Variant: Sendable {
    /// The component's own name unless the variant was given one.
    public let name: String
    /// An absolute path, or a bare name for the PATH.
    public let binary: String
    /// The Debian packages that bring it; those of PyPI begin with `pypi:`.
    public let packages: [String]
    /// How to ask it for its version; nil when it cannot tell.
    public let version: VersionQuery?
    /// What it stands in for; nil for the real thing.
    public let standInFor: String?
    /// What it does differently from the shared recipe, unread.
    let overrides: [YAMLNode.Entry]
    let mark: Mark

    /// Where its binary is on this machine; nil when it is missing.
    public func path(on machine: Machine) -> String? {
      machine.locate(Component.render(binary, bin: machine.binFolder))
    }
  }

  /// The variant that would be used on this machine, and where its binary is.
  ///
  /// - Parameter name: the only one that will do; nil: the first that is there.
  public func chosen(on machine: Machine, named name: String? = nil) -> (
    variant: Variant, path: String
  )? {
    for variant in variants where name == nil || variant.name == name {
      if let path = variant.path(on: machine) { return (variant, path) }
    }
    return nil
  }

  /// That none of the variants, or not the one of that name, is there, with what to install.
  public func missing(on machine: Machine, named wanted: String? = nil, at mark: Mark) -> Problem {
    let variants = variants.filter { wanted == nil || $0.name == wanted }
    let binaries = variants.map { Component.render($0.binary, bin: machine.binFolder) }
    let packages = variants.flatMap(\.packages)
    let remedy =
      variants.first { !$0.packages.isEmpty }.map { Self.remedy(for: $0.packages) }
      ?? "no Debian package brings it"
    return Problem(
      mark, "'\(name)' needs \(binaries.joined(separator: " or ")), which is missing; \(remedy)",
      cause: .missing(packages: variants.first { !$0.packages.isEmpty }?.packages ?? packages))
  }

  /// How a package of PyPI begins that `.ci/install` puts into a folder of the component's own.
  private static let ofPyPI = "pypi:"

  private static func remedy(for packages: [String]) -> String {
    let debian = packages.filter { !$0.hasPrefix(ofPyPI) }.joined(separator: ", ")
    let count = packages.count { !$0.hasPrefix(ofPyPI) }
    let words = "install \(count == 1 ? "the Debian package" : "the Debian packages") \(debian)"
    let others = packages.filter { $0.hasPrefix(ofPyPI) }.map { $0.dropFirst(ofPyPI.count) }
    guard !others.isEmpty else { return words }
    return "run 'make install-all', which brings \(others.joined(separator: ", ")) of PyPI"
      + (count == 0 ? "" : " and \(debian) of Debian")
  }

  static func render(_ text: String, bin: String) -> String {
    var ignored: [Problem] = []
    return Phrase.render(text, Scope(["bin": bin]), at: Mark(file: ""), &ignored)
  }
}

extension Component {
  /// Stands among a component's parameters in a stack, and says which variant it is to be.
  static let variantKey = "variant"

  static let recipeKeys = [
    "user", "capabilities", "sees", "devices", "boot", "command", "environment", "files", "folders",
    "prepare", "start-after", "ready",
    "role", "clock", "probe", "alerts", "promote", "acts", "predicts", "stop", "restart-prepare",
  ]

  /// Reads `component.yaml`.
  ///
  /// - Parameter folder: where it was found; its last part must be the component's name.
  public static func read(folder: String, from library: some Library) throws(Problems) -> Component
  {
    let file = folder + "/component.yaml"
    guard let bytes = library.read(file) else {
      throw Problems(library.absence(of: file))
    }
    let node: YAMLNode
    do { node = try YAMLNode.parse(bytes, file: file) } catch { throw Problems(error) }
    var problems: [Problem] = []
    let component = read(node, folder: folder, &problems)
    guard problems.isEmpty, let component else { throw Problems(problems) }
    return component
  }

  private static func read(_ node: YAMLNode, folder: String, _ problems: inout [Problem])
    -> Component?
  {
    var fields = Fields(node, of: "a component")
    let expected = folder.split(separator: "/").last.map { String($0) } ?? folder
    let name = fields.requiredText("name") ?? expected
    if name != expected {
      fields.refuse("its name must be that of its folder, '\(expected)'", at: node["name"]?.mark)
    }
    let summary = fields.text("summary") ?? ""
    let parameters = Parameter.read(
      fields.named("parameters", "a parameter"), &fields.problems)
    for parameter in parameters where ["binary", "bin", "dir", variantKey].contains(parameter.name)
    {
      fields.refuse("'\(parameter.name)' has a meaning of its own", at: parameter.mark)
    }
    let shared = recipe(&fields)
    var variants: [Variant] = []
    for entry in fields.list("variants", atMost: 64) {
      variants += variant(entry, of: name, &fields.problems).map { [$0] } ?? []
    }
    if node["variants"] == nil {
      variants += variant(&fields, name: name).map { [$0] } ?? []
    } else if variants.isEmpty, fields.problems.isEmpty {
      fields.refuse("a component needs at least one variant")
    }
    fields.finish(into: &problems)
    return Component(
      name: name, summary: summary, parameters: parameters, variants: variants, folder: folder,
      shared: shared, mark: node.mark)
  }

  private static func recipe(_ fields: inout Fields) -> [YAMLNode.Entry] {
    recipeKeys.compactMap { key in
      _ = fields.take(key)
      return fields.node.entries?.first { $0.key == key }
    }
  }

  private static func variant(_ node: YAMLNode, of component: String, _ problems: inout [Problem])
    -> Variant?
  {
    var fields = Fields(node, of: "a variant")
    let name = fields.text("name") ?? component
    if let problem = Problem.misnamed("a variant", name, at: node["name"]?.mark ?? node.mark) {
      fields.problems.append(problem)
    }
    let variant = variant(&fields, name: name, overrides: recipe(&fields))
    fields.finish(into: &problems)
    return variant
  }

  private static func variant(
    _ fields: inout Fields, name: String, overrides: [YAMLNode.Entry] = []
  ) -> Variant? {
    let binary = fields.requiredText("binary")
    let packages = fields.texts("packages") ?? []
    let version = fields.take("version").flatMap { VersionQuery.read($0, &fields.problems) }
    let standIn = fields.text("stand-in-for")
    guard let binary else { return nil }
    return Variant(
      name: name, binary: binary, packages: packages, version: version, standInFor: standIn,
      overrides: overrides, mark: fields.mark)
  }
}

extension VersionQuery {
  /// In bytes.
  private static let longestPattern = 256

  static func read(_ node: YAMLNode, _ problems: inout [Problem]) -> VersionQuery? {
    var fields = Fields(node, of: "a version")
    _ = fields.require("command")
    let command = fields.texts("command")
    let pattern = fields.requiredText("pattern")
    if let pattern, pattern.utf8.count > longestPattern {
      fields.refuse(
        "a pattern has at most \(longestPattern) bytes", at: node["pattern"]?.mark)
    } else if let pattern, (try? Regex(pattern)) == nil {
      fields.refuse("'\(pattern)' is no regular expression", at: node["pattern"]?.mark)
    }
    fields.finish(into: &problems)
    guard let command, let pattern else { return nil }
    return VersionQuery(command: command, pattern: pattern)
  }

  /// The version that a command's output tells; nil when the pattern does not match.
  public func version(in output: String) -> String? {
    guard let regex = try? Regex(pattern), let match = try? regex.firstMatch(in: output) else {
      return nil
    }
    let group = match.output.count > 1 ? match.output[1] : match.output[0]
    return group.substring.map { String($0) }
  }
}
