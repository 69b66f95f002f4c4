internal import Basics
internal import Bindings
internal import Stacks
internal import Workloads
internal import YAML

/// Reads how a workload's client asks its service: what the stack says of the service, and what the
/// experiment says in its place.
struct BindingReader<Files: Library> {
  /// Files that the experiment names.
  let files: FileFinder<Files>
  /// Files that the stack names.
  let stackFiles: FileFinder<Files>

  let drivers: DriverReader<Files>

  /// What one place says.
  private struct Written {
    let kind: any ClientBindings.Type
    var settings: ClientSettings
    /// The mapping below the client's name.
    let node: YAMLNode
  }

  /// The bindings for a workload of that kind; nil when something is wrong, which is noted.
  ///
  /// - Parameters:
  ///   - node: the workload's own `client`.
  ///   - mark: where the workload is written.
  func read(
    _ node: YAMLNode?, of service: ResolvedStack.Service, for functions: [WorkloadFunction],
    at mark: Mark, _ problems: inout [Problem]
  ) -> BoundClient? {
    let before = problems.count
    let usual = service.client.flatMap { written($0, files: stackFiles, &problems) }
    let own = node.flatMap { written($0, files: files, &problems) }
    guard problems.count == before else { return nil }
    guard let kind = kind(own, usual, service, &problems) else { return nil }
    let settings =
      if let usual, usual.kind == kind {
        usual.settings.overridden(by: own?.settings ?? ClientSettings())
      } else { own?.settings ?? ClientSettings() }
    for function in functions where !kind.serves(function) {
      problems.append(
        Problem(mark, "the client '\(kind.client)' has no way to '\(function.name)'"))
    }
    guard problems.count == before else { return nil }
    do throws(BindingError) {
      var client = BoundClient(
        traffic: try kind.init(settings, functions: functions),
        finalReads: try kind.init(settings.whenFinal, functions: functions), settings: settings)
      try client.traffic.check([service.url] + service.replicas.map(\.url))
      let place = (own?.node ?? usual?.node)?.mark ?? mark
      return try drivers.declare(&client, for: service, at: place, &problems) ? client : nil
    } catch {
      let place =
        own?.node.mark(ofKey: error.key) ?? usual?.node.mark(ofKey: error.key) ?? own?.node.mark
        ?? usual?.node.mark ?? mark
      problems.append(Problem(place, error.message))
      return nil
    }
  }

  /// The client that is written, else the one that speaks the URL's scheme.
  private func kind(
    _ own: Written?, _ usual: Written?, _ service: ResolvedStack.Service,
    _ problems: inout [Problem]
  ) -> (any ClientBindings.Type)? {
    let written = own ?? usual
    var known = ClientCatalogue.client(speaking: service.scheme)
    if let written { known = written.kind }
    guard let kind = known else {
      let schemes = ClientCatalogue.all.flatMap { $0.schemes }
      problems.append(.unknown("scheme", service.scheme, among: schemes, at: service.mark))
      return nil
    }
    for url in [service.url] + service.replicas.map(\.url)
    where !kind.schemes.isEmpty && !kind.schemes.contains(ResolvedStack.Service.scheme(of: url)) {
      problems.append(
        Problem(
          written?.node.mark ?? service.mark,
          "the client '\(kind.client)' speaks \(kind.schemes.joined(separator: ", ")), but the service"
            + " '\(service.name)' is at \(url)"))
      break
    }
    let severals = ([service.url] + service.replicas.map(\.url)).filter(\.namesSeveralServers)
    if !kind.takesSeveralServers, let several = severals.first {
      problems.append(
        Problem(service.mark, "'\(several)' names several servers, and '\(kind.client)' takes one"))
    }
    return kind
  }

  /// `{http: {definite: [503], functions: {add: {path: /x}}}}`
  private func written(
    _ node: YAMLNode, files: FileFinder<Files>, _ problems: inout [Problem]
  ) -> Written? {
    guard let entries = node.entries, entries.count == 1, let entry = entries.first else {
      problems.append(
        Problem(node.mark, "'client' is a mapping with the name of one client: {http: {…}}"))
      return nil
    }
    guard let kind = ClientCatalogue.client(named: entry.key) else {
      let names = ClientCatalogue.all.map { $0.client }
      problems.append(.unknown("client", entry.key, among: names, at: entry.mark))
      return nil
    }
    let value = entry.value.isNull ? YAMLNode(.mapping([]), at: entry.mark) : entry.value
    var fields = Fields(value, of: "the client '\(kind.client)'")
    var settings = ClientSettings()
    settings.own = fields.settings(kind.schema)
    settings.functions = functions("functions", kind, &fields)
    settings.finalReads = functions("final-reads", kind, &fields)
    for key in kind.fileKeys { find(key, files, &settings.own, &fields) }
    fields.finish(into: &problems)
    return Written(kind: kind, settings: settings, node: value)
  }

  private func functions(
    _ key: String, _ kind: any ClientBindings.Type, _ fields: inout Fields
  ) -> [String: Settings] {
    let known = WorkloadCatalogue.functionNames
    var functions: [String: Settings] = [:]
    for entry in fields.named(key, "a function", atMost: 64) {
      guard known.contains(entry.key) else {
        fields.problems.append(.unknown("function", entry.key, among: known, at: entry.mark))
        continue
      }
      var inner = Fields(entry.value, of: "the function '\(entry.key)'")
      functions[entry.key] = inner.settings(kind.functionSchema)
      inner.finish(into: &fields.problems)
    }
    return functions
  }

  /// Puts the path of a file that is named, as the library knows it, in the place of its name.
  private func find(
    _ key: String, _ files: FileFinder<Files>, _ settings: inout Settings, _ fields: inout Fields
  ) {
    guard let name = settings.text(at: key) else { return }
    let mark = fields.node.mark(ofKey: key)
    if let path = files.path(of: name) {
      settings.put(path, at: key)
    } else if files.isOutside(name) {
      fields.refuse(
        "'\(name)' lies outside the project and is not beside this file; give --trust if it may be "
          + "used", at: mark)
    } else {
      fields.refuse(
        "there is no file '\(name)', seen from this file's folder or the project's", at: mark)
    }
  }
}

extension Settings {
  /// The text under a key, `tls.ca` for one inside another.
  fileprivate func text(at key: String) -> String? {
    guard let dot = key.firstIndex(of: ".") else { return text(key) }
    guard case .mapping(let inner)? = self[String(key[..<dot])],
      case .text(let text)? = inner[String(key[key.index(after: dot)...])]
    else { return nil }
    return text
  }

  fileprivate mutating func put(_ text: String, at key: String) {
    guard let dot = key.firstIndex(of: ".") else { return self[key] = .text(text) }
    let outer = String(key[..<dot])
    guard case .mapping(var inner)? = self[outer] else { return }
    inner[String(key[key.index(after: dot)...])] = .text(text)
    self[outer] = .mapping(inner)
  }
}

extension String {
  fileprivate var namesSeveralServers: Bool {
    guard let start = firstRange(of: "://")?.upperBound else { return false }
    return self[start...].prefix { !"/?#".contains($0) }.contains(",")
  }
}

extension YAMLNode {
  /// Where the value of a key stands; `a.b` is the key `b` of the mapping `a`. Where a key is absent, the
  /// place of the mapping that would have it; nil for one that has no part of the way.
  func mark(ofKey path: String) -> Mark? {
    if let value = self[path] { return value.mark }
    guard let dot = path.firstIndex(of: "."), let inner = self[String(path[..<dot])] else {
      return nil
    }
    return inner.mark(ofKey: String(path[path.index(after: dot)...])) ?? inner.mark
  }
}
