public import Basics
internal import YAML

/// What a component is replaced by while a stack is up: the same with another variant or other parameters.
public struct Release: Hashable, Sendable {
  /// The component, on whichever nodes it runs.
  public var component: String
  /// The variant to take, by name; nil: the one that would be taken anyway.
  public var variant: String?
  /// Parameters that differ from what the stack's file says, as written.
  public var parameters: [String: String]

  /// Nothing is checked before a stack is resolved with it.
  public init(of component: String, variant: String? = nil, parameters: [String: String] = [:]) {
    self.component = component
    self.variant = variant
    self.parameters = parameters
  }
}

extension Release {
  func choices(at mark: Mark) -> [Parameter.Choice] {
    parameters.sorted { $0.key < $1.key }.map { Parameter.Choice($0.key, $0.value, at: mark) }
  }
}

extension ResolvedStack {
  /// What an instance becomes with a release; nil where the plan knows no such release, or it is about
  /// another component.
  public func instance(_ id: InstanceID, of release: Release) -> Instance? {
    releases[release]?.first { $0.id == id }
  }

  /// What an instance is or may become, first as the stack's file says.
  public func lives(of instance: Instance) -> [Instance] {
    [instance] + releases.values.joined().filter { $0.id == instance.id }
  }
}

extension Instance {
  /// Why it cannot be replaced by `next` with its data kept; nil when it can.
  ///
  /// What is decided only when the data are made, and whose they are, stays as it was.
  public func objection(to next: Instance) -> String? {
    if user != next.user {
      return "it would run as '\(next.user)', but its data belong to '\(user)'"
    }
    guard prepare?.steps == next.prepare?.steps, prepare?.folder == next.prepare?.folder,
      preparedFiles == next.preparedFiles
    else { return "that is decided when its data are made, and a redeployment keeps the data" }
    return nil
  }

  /// Those of its files that lie in the folder that is prepared: they are written only once.
  private var preparedFiles: [File] {
    guard let folder = prepare?.folder else { return [] }
    return files.filter { $0.path.hasPrefix(folder + "/") }
  }
}
