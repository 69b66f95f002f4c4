internal import Basics
internal import Bindings
internal import Stacks
internal import YAML

/// Finds drivers: folders of the project's own with a `driver.yaml`, never a path that data names.
struct DriverReader<Files: Library> {
  let library: Files
  let machine: Machine

  /// Where drivers are looked for.
  static var folder: String { "fixtures/drivers" }

  /// Puts what their file says into bindings that need a driver; false when something is wrong, which is
  /// noted.
  func declare(
    _ client: inout BoundClient, for service: ResolvedStack.Service, at mark: Mark,
    _ problems: inout [Problem]
  ) throws(BindingError) -> Bool {
    guard var traffic = client.traffic as? DriverBindings,
      var finalReads = client.finalReads as? DriverBindings
    else { return true }
    guard let declaration = read(traffic.name, at: mark, &problems) else { return false }
    let urls = [service.url] + service.replicas.map(\.url)
    try traffic.take(declaration, for: urls)
    try finalReads.take(declaration, for: urls)
    client.traffic = traffic
    client.finalReads = finalReads
    return true
  }

  /// The names of all drivers, sorted.
  var names: [String] {
    library.list(Self.folder).filter { library.read("\(Self.folder)/\($0)/driver.yaml") != nil }
  }

  /// What a driver's file says; nil when it is wrong or what it needs is missing, which is noted.
  func read(_ name: String, at mark: Mark, _ problems: inout [Problem]) -> DriverDeclaration? {
    if let problem = Problem.misnamed("a driver", name, at: mark) {
      problems.append(problem)
      return nil
    }
    let folder = "\(Self.folder)/\(name)"
    guard let bytes = library.read("\(folder)/driver.yaml") else {
      problems.append(.unknown("driver", name, among: names, at: mark))
      return nil
    }
    let before = problems.count
    do {
      let root = try YAMLNode.parse(bytes, file: "\(folder)/driver.yaml")
      let declaration = declaration(name, folder, root, at: mark, &problems)
      return problems.count == before ? declaration : nil
    } catch {
      problems.append(error)
      return nil
    }
  }

  private func declaration(
    _ name: String, _ folder: String, _ root: YAMLNode, at mark: Mark, _ problems: inout [Problem]
  ) -> DriverDeclaration {
    var fields = Fields(root, of: "a driver")
    if let written = fields.text("name"), written != name {
      fields.refuse("the driver in \(folder) is called '\(name)'", at: root["name"]?.mark)
    }
    let summary = fields.requiredText("summary") ?? ""
    _ = fields.require("command")
    var command = fields.texts("command") ?? []
    let packages = fields.texts("packages") ?? []
    let needs = fields.texts("needs") ?? []
    let functions = fields.texts("functions")
    let schemes = fields.texts("schemes") ?? []
    fields.finish(into: &problems)
    var missing: [String] = []
    for need in needs where machine.locate(need) == nil { missing.append(need) }
    if let program = command.first, !program.hasPrefix("${dir}/") {
      let name = program.replacing("${bin}", with: machine.binFolder)
      if let path = machine.locate(name) { command[0] = path } else { missing.append(name) }
    }
    if !missing.isEmpty {
      let remedy =
        packages.isEmpty
        ? "no Debian package brings it"
        : "install \(packages.count == 1 ? "the Debian package" : "the Debian packages") "
          + packages.joined(separator: ", ")
      problems.append(
        Problem(
          mark,
          "the driver '\(name)' needs \(missing.joined(separator: ", ")), which is missing; \(remedy)",
          cause: .missing(packages: packages)))
    }
    return DriverDeclaration(
      name: name, summary: summary, command: command, packages: packages, functions: functions,
      schemes: schemes, folder: folder)
  }
}
