internal import Basics

extension ResolvedStack {
  /// Roles of one component that only one of its instances may have at a time.
  public struct ExclusiveRoles: Hashable, Sendable {
    /// The component whose instances the roles belong to.
    public var component: String
    /// The words of these roles, as the component's role query prints them; never empty.
    public var roles: [String]
    /// How long two may be in one at once.
    public var overlap: Duration
  }

  /// What the components that are in the stack call exclusive, in order of name.
  public var exclusiveRoles: [ExclusiveRoles] {
    roleQueries.filter { !$0.query.exclusive.isEmpty }.map {
      ExclusiveRoles(component: $0.component, roles: $0.query.exclusive, overlap: $0.query.overlap)
    }
  }

  /// The words with which the instances of each component that tells its role say that they lead,
  /// in order of name.
  public var leadingRoles: [(component: String, words: [String])] {
    roleQueries.map { ($0.component, $0.query.leading) }
  }

  /// The words with which an instance of a component says that it leads.
  public func leadingWords(of component: String) -> Set<String> {
    Set(roleQueries.first { $0.component == component }?.query.leading ?? LeadingWords.usual)
  }

  private var roleQueries: [(component: String, query: RoleQuery)] {
    var queries: [String: RoleQuery] = [:]
    for instance in nodes.flatMap(\.instances) {
      if let query = instance.roleQuery { queries[instance.id.component] = query }
    }
    return queries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
