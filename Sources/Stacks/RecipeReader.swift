internal import Basics
internal import YAML

/// Reads how one instance runs, with everything substituted.
struct RecipeReader<Files: Library> {
  let sketch: Resolver<Files>.Sketch
  let scope: Scope
  let library: Files
  private let shelf: TemplateShelf
  /// The shared keys, overridden by the variant's.
  let recipe: YAMLNode
  let folder: String
  var problems: [Problem] = []

  /// Files, folders and steps of one component.
  private static var most: Int { 256 }
  /// A template's bytes.
  private static var largestTemplate: Int { 1 << 20 }

  init(sketch: Resolver<Files>.Sketch, scope: Scope, library: Files, shelf: TemplateShelf) {
    self.sketch = sketch
    self.shelf = shelf
    self.library = library
    folder = "/run/\(sketch.id.component)"
    var scope = scope
    for parameter in sketch.parameters {
      scope.values[parameter.name] = parameter.text
      if parameter.isSecret {
        scope.secretPaths.insert(parameter.name)
      } else {
        // It hides a secret of the stack of the same name.
        scope.secretPaths.remove(parameter.name)
      }
    }
    scope.values["binary"] = sketch.binary
    scope.values["dir"] = folder
    self.scope = scope
    let overrides = sketch.variant.overrides
    let shared = sketch.component.shared.filter { entry in
      !overrides.contains { $0.key == entry.key }
    }
    recipe = YAMLNode(.mapping(shared + overrides), at: sketch.variant.mark)
  }

  mutating func read() -> Instance? {
    var fields = Fields(
      rendered(except: ["files", "start-after"]),
      of: "the component '\(sketch.component.name)'")
    _ = fields.require("command")
    let command = arguments(fields.take("command"), of: "command", &fields.problems)
    let environment = environment(&fields)
    let folders = fields.list("folders", atMost: Self.most).compactMap {
      folder($0, &fields.problems)
    }
    let prepare = fields.take("prepare").flatMap { preparation($0, &fields.problems) }
    let ready = fields.take("ready").flatMap { Probe.read($0, &fields.problems) }
    let role = fields.take("role").flatMap { self.role($0, &fields.problems) }
    let clock = fields.take("clock").flatMap { self.clock($0, &fields.problems) }
    let probes = probes(&fields)
    let promote = fields.take("promote").flatMap { query($0, of: "promote", &fields.problems) }
    let acts = acts(&fields)
    let predictions = predictions(&fields, probes: probes)
    let stop = stop(&fields)
    let again = fields.list("restart-prepare", atMost: Self.most).map {
      arguments($0, of: "restart-prepare", &fields.problems)
    }
    let user = fields.text("user") ?? "root"
    let capabilities = capabilities(&fields)
    let sees = sees(&fields)
    let devices = devices(&fields)
    let boot = fields.list("boot", atMost: Self.most).map {
      arguments($0, of: "boot", &fields.problems)
    }
    fields.finish(into: &problems)
    refuseSecretsOnCommandLines()
    let files = files()
    return Instance(
      id: sketch.id, variant: sketch.variant.name, standInFor: sketch.variant.standInFor,
      source: sketch.component.folder, binary: sketch.binary, packages: sketch.variant.packages,
      version: version(),
      parameters: sketch.parameters, user: user, capabilities: capabilities, sees: sees,
      devices: devices, boot: boot, command: command, environment: environment,
      folder: folder, folders: folders, files: files, prepare: prepare, startAfter: [],
      ready: ready, roleQuery: role, clock: clock, probes: probes, promote: promote, acts: acts,
      predictions: predictions, stop: stop, restartPrepare: again)
  }

  /// What stands on a command line is seen by every user of the machine.
  private mutating func refuseSecretsOnCommandLines() {
    let keys = [
      "command", "prepare", "ready", "role", "clock", "probe", "promote", "acts", "restart-prepare",
      "boot",
    ]
    for key in keys {
      guard let node = recipe[key], let place = scope.placeOfSecret(in: node) else { continue }
      problems.append(
        Problem(
          place,
          "a secret must not be in '\(key)', for everybody can read the command lines of processes: hand "
            + "it over under 'environment', or in a file under 'files'"))
    }
  }

  private mutating func rendered(except keys: [String]) -> YAMLNode {
    let entries = (recipe.entries ?? []).filter { !keys.contains($0.key) }
    return YAMLNode(.mapping(entries), at: recipe.mark).rendered(scope, &problems)
  }

  func arguments(_ node: YAMLNode?, of key: String, _ problems: inout [Problem]) -> [String] {
    guard let node else { return [] }
    let texts = (node.elements ?? []).map { element -> String in
      if case .scalar(let text, _) = element.content { return text }
      problems.append(Problem(element.mark, "an argument is a single value"))
      return ""
    }
    if texts.isEmpty {
      problems.append(Problem(node.mark, "'\(key)' must be a list: a program and its arguments"))
    }
    return texts
  }

  private func environment(_ fields: inout Fields) -> [ResolvedStack.Value] {
    var values: [ResolvedStack.Value] = []
    for entry in fields.named("environment", "a variable") {
      guard case .scalar(let text, _) = entry.value.content else {
        fields.refuse("'\(entry.key)' must be a single value", at: entry.value.mark)
        continue
      }
      values.append(.init(name: entry.key, text: text))
    }
    return values.sorted { $0.name < $1.name }
  }

  private func folder(_ node: YAMLNode, _ problems: inout [Problem]) -> Instance.Folder? {
    if node.text != nil {
      return self.path(node, &problems).map { Instance.Folder(path: $0, mode: 0o755) }
    }
    var fields = Fields(node, of: "a folder")
    let path = fields.require("path").flatMap { self.path($0, &fields.problems) }
    let mode = self.mode(&fields, or: 0o755)
    fields.finish(into: &problems)
    return path.map { Instance.Folder(path: $0, mode: mode) }
  }

  private func preparation(_ node: YAMLNode, _ problems: inout [Problem]) -> Instance.Preparation? {
    var fields = Fields(node, of: "prepare")
    let folder = fields.require("folder").flatMap { self.path($0, &fields.problems) }
    let steps = fields.list("steps", atMost: Self.most).map {
      arguments($0, of: "a step", &fields.problems)
    }
    fields.finish(into: &problems)
    guard let folder else { return nil }
    return Instance.Preparation(folder: folder, steps: steps, cacheKeyInput: "", follows: [])
  }

  private func stop(_ fields: inout Fields) -> Instance.Stop {
    guard let node = fields.take("stop") else { return .init(signal: "TERM", within: .seconds(5)) }
    var inner = Fields(node, of: "stop")
    let signal = inner.choice("signal", ["TERM", "INT", "QUIT", "HUP", "KILL", "USR1", "USR2"])
    let within = inner.duration("within") ?? .seconds(5)
    inner.finish(into: &fields.problems)
    return .init(signal: signal ?? "TERM", within: within)
  }

  private mutating func version() -> VersionQuery? {
    guard let query = sketch.variant.version else { return nil }
    let command = query.command.map {
      Phrase.render($0, scope, at: sketch.variant.mark, &problems)
    }
    return VersionQuery(command: command, pattern: query.pattern)
  }
}

extension RecipeReader {
  private mutating func files() -> [Instance.File] {
    guard let node = recipe["files"] else { return [] }
    guard let elements = node.rendered(scope, &problems).elements else {
      problems.append(Problem(node.mark, "'files' must be a list, not \(node.kindText)"))
      return []
    }
    if elements.count > Self.most {
      problems.append(Problem(node.mark, "'files' has at most \(Self.most) entries"))
    }
    var paths: Set<String> = []
    return elements.prefix(Self.most).compactMap { element in
      guard problems.count < Problems.enough, let file = file(element) else { return nil }
      if !paths.insert(file.path).inserted {
        let mark = element["to"]?.mark ?? element.mark
        problems.append(Problem(mark, "'\(file.path)' is written twice"))
      }
      return file
    }
  }

  private mutating func file(_ node: YAMLNode) -> Instance.File? {
    var fields = Fields(node, of: "a file")
    let template = fields.take("template")
    let inline = fields.take("text")
    let path = fields.require("to").flatMap { self.path($0, &fields.problems) }
    let mode = self.mode(&fields, or: 0o644)
    if (template == nil) == (inline == nil) { fields.refuse("a file needs 'template' or 'text'") }
    fields.finish(into: &problems)
    guard let path else { return nil }
    if let text = inline?.text {
      return .init(path: path, mode: mode, contents: Array(text.utf8))
    }
    guard let template, let name = template.text else { return nil }
    guard let text = render(name, at: template.mark) else { return nil }
    return .init(path: path, mode: mode, contents: Array(text.utf8))
  }

  private mutating func render(_ name: String, at mark: Mark) -> String? {
    let folder = sketch.component.folder
    let file = "\(folder)/\(name)"
    guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
      problems.append(
        Problem(mark, "the template '\(name)' must lie in the component's own folder, \(folder)"))
      return nil
    }
    guard let entry = shelf.template(file, read: { template(name, file, at: mark) }) else {
      return nil
    }
    problems += entry.problems
    return entry.template.render(scope, &problems)
  }

  /// Reads a template; nil where it cannot be had, which is noted.
  private mutating func template(
    _ name: String, _ file: String, at mark: Mark
  ) -> TemplateShelf.Entry? {
    guard let bytes = library.read(file) else {
      if let reason = library.refusal(of: file) {
        problems.append(Problem(mark, "the template '\(name)' cannot be had: \(reason)"))
        return nil
      }
      let others = library.list(sketch.component.folder).filter { $0 != "component.yaml" }
      problems.append(.unknown("template", name, among: others, at: mark))
      return nil
    }
    guard bytes.count <= Self.largestTemplate else {
      problems.append(
        Problem(Mark(file: file), "the template is larger than \(Self.largestTemplate) bytes"))
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      problems.append(Problem(Mark(file: file), "the template is not UTF-8 text"))
      return nil
    }
    var found: [Problem] = []
    let template = Template(text, file: file, &found)
    return TemplateShelf.Entry(template: template, problems: found)
  }

  /// A path below the instance's folder, as an absolute one.
  private func path(_ node: YAMLNode, _ problems: inout [Problem]) -> String? {
    guard let text = node.text else {
      problems.append(Problem(node.mark, "a path must be a single value"))
      return nil
    }
    let relative = text.hasPrefix(folder + "/") ? String(text.dropFirst(folder.count + 1)) : text
    let parts = relative.split(separator: "/").filter { $0 != "." }
    guard !relative.hasPrefix("/"), !parts.isEmpty, !parts.contains("..") else {
      problems.append(Problem(node.mark, "'\(text)' must lie in the instance's own folder"))
      return nil
    }
    guard relative.utf8.count <= 1000, parts.allSatisfy({ $0.utf8.count <= 255 }) else {
      problems.append(
        Problem(node.mark, "a path has at most 1000 bytes, and each of its parts at most 255"))
      return nil
    }
    return "\(folder)/\(parts.joined(separator: "/"))"
  }

  private func mode(_ fields: inout Fields, or usual: UInt32) -> UInt32 {
    guard let text = fields.text("mode") else { return usual }
    if let mode = UInt32(text, radix: 8), mode <= 0o7777 { return mode }
    fields.refuse(
      "'mode' must be an octal number such as \"0644\", not '\(text)'",
      at: fields.node["mode"]?.mark)
    return usual
  }
}

extension Probe {
  static func read(_ node: YAMLNode, _ problems: inout [Problem]) -> Probe? {
    var fields = Fields(node, of: "ready")
    let url = fields.take("http").flatMap {
      Endpoint.read($0, of: ["http", "https"], &fields.problems)
    }
    let tcp = fields.take("tcp")
    let command = fields.texts("command")
    let status = fields.count("status", 100...599)
    let body = fields.text("body-has")
    let isInsecure = fields.flag("insecure")
    let within = fields.duration("within") ?? .seconds(10)
    if [url != nil, tcp != nil, command != nil].filter({ $0 }).count != 1 {
      fields.refuse("ready needs one of http, tcp, command")
    }
    if url == nil, status != nil || body != nil || isInsecure != nil {
      fields.refuse("'status', 'body-has' and 'insecure' are about an answer over http")
    }
    if isInsecure != nil, url?.lowercased().hasPrefix("http://") == true {
      fields.refuse("'insecure' is about https", at: node["insecure"]?.mark)
    }
    var kind = command.map { Kind.command($0) }
    if let url {
      kind = .http(url: url, status: status, bodyHas: body, isInsecure: isInsecure ?? false)
    }
    if let tcp { kind = port(tcp, &fields.problems) }
    fields.finish(into: &problems)
    return kind.map { Probe(kind: $0, within: within) }
  }

  /// `5432`, `10.0.0.1:5432`, or `[fd00::1]:5432`.
  private static func port(_ node: YAMLNode, _ problems: inout [Problem]) -> Kind? {
    let text = node.text ?? ""
    let end = text.lastIndex(of: ":").map { text.index(after: $0) } ?? text.startIndex
    let host = end == text.startIndex ? "127.0.0.1" : String(text[..<end].dropLast())
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let address = IPAddress(text: isBracketed ? String(host.dropFirst().dropLast()) : host)
    if let port = UInt16(text[end...]), port > 0, let address,
      isBracketed == (address.family == .v6)
    {
      return .tcp(address, port: port)
    }
    problems.append(
      Problem(
        node.mark,
        "'tcp' must be a port such as 5432, or ADDRESS:PORT such as 10.0.0.1:5432 or [fd00::1]:5432, "
          + "not '\(text)'"))
    return nil
  }
}
