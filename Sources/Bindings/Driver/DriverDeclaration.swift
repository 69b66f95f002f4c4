/// What a driver's `driver.yaml` says of it, with its program found on this machine.
public struct DriverDeclaration: Hashable, Sendable {
  /// That of its folder.
  public var name: String
  /// One sentence for a person.
  public var summary: String
  /// A program and its arguments; `${dir}` in one of them is the driver's own folder.
  public var command: [String]
  /// The Debian packages that bring what it needs.
  public var packages: [String]
  /// The functions that it serves; nil where only the driver itself can tell.
  public var functions: [String]?
  /// The schemes of the URLs it takes; empty takes any.
  public var schemes: [String]
  /// Its folder, seen from the project's.
  public var folder: String

  /// Nothing is checked.
  public init(
    name: String, summary: String, command: [String], packages: [String] = [],
    functions: [String]? = nil, schemes: [String] = [], folder: String
  ) {
    self.name = name
    self.summary = summary
    self.command = command
    self.packages = packages
    self.functions = functions
    self.schemes = schemes
    self.folder = folder
  }

  /// Whether it says that it serves a function, or leaves that open.
  public func serves(_ function: String) -> Bool { functions?.contains(function) ?? true }

  /// The command with the driver's folder filled in.
  ///
  /// - Parameter place: where that folder lies.
  public func command(in place: String) -> [String] {
    command.map { $0.replacing("${dir}", with: place) }
  }
}
