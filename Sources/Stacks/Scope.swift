internal import Basics
internal import YAML

/// The values that `${…}`, `%if` and `%for` can name.
struct Scope: Sendable {
  /// By dotted path.
  var values: [String: String]
  /// Shared by all scopes that were made of one.
  let allowance: Allowance
  /// The attributes of the nodes that loops and instances have given a name.
  private var bound: [String: [String: String]] = [:]
  /// What is known of each node, in the order of the stack, by attribute; what loops go over.
  var nodes: [[String: String]]
  /// The paths of values, and the attributes of nodes, that nobody is to read.
  var secretPaths: Set<String> = []
  var secretAttributes: Set<String> = []

  /// What stands between `${` and `}`, and every condition and query: in bytes.
  private static let longestExpression = 1000

  init(
    _ values: [String: String] = [:], nodes: [[String: String]] = [],
    allowance: Allowance = Allowance()
  ) {
    self.values = values
    self.allowance = allowance
    self.nodes = nodes
  }

  /// The same with a node's attributes under `name.`.
  func binding(_ name: String, to attributes: [String: String]) -> Scope {
    var scope = self
    scope.bound[name] = attributes
    return scope
  }

  private func lookUp(_ path: String) -> String? {
    if let dot = path.firstPlace(of: UInt8(ascii: ".")),
      let attributes = bound[String(path[..<dot])],
      let value = attributes[String(path[path.index(after: dot)...])]
    {
      return value
    }
    return values[path]
  }

  /// Everything that a path may be.
  private var paths: [String] {
    let attributes = bound.flatMap { name, attributes in attributes.keys.map { "\(name).\($0)" } }
    return Set(values.keys).union(attributes).sorted()
  }

  private func requireShort(_ text: String, _ what: String, at mark: Mark) throws(Problem) {
    guard text.utf8.count > Self.longestExpression else { return }
    throw Problem(mark, "\(what) has at most \(Self.longestExpression) bytes")
  }

  /// What stands for `${expression}`: `path`, `query.attribute`, either with `|filter`: a unit for a
  /// duration, `host` for an address.
  func value(of expression: String, at mark: Mark) throws(Problem) -> String {
    try requireShort(expression, "what stands between '${' and '}'", at: mark)
    let bar = expression.firstPlace(of: UInt8(ascii: "|"))
    let path = trim(expression[..<(bar ?? expression.endIndex)])
    let filter = bar.map { trim(expression[expression.index(after: $0)...]) }
    if path.firstPlace(of: UInt8(ascii: ":")) != nil {
      let found = try attributes(path, at: mark)
      guard let filter else { return found.joined(separator: ",") }
      return try found.map { value throws(Problem) in
        try Scope.filtered(value, filter, at: mark)
      }.joined(separator: ",")
    }
    let value = try known(path, at: mark)
    try Scope.requireAddress(value, path, at: mark)
    guard let filter else { return value }
    return try Scope.filtered(value, filter, at: mark)
  }

  private func known(_ path: String, at mark: Mark) throws(Problem) -> String {
    guard let value = lookUp(path) else {
      throw Problem.unknown("value", path, among: paths, at: mark)
    }
    return value
  }

  /// A node's address of a family that it does not have is empty, which conditions may ask; where it
  /// stands for itself it is a mistake.
  private static func requireAddress(
    _ value: String, _ path: String, at mark: Mark
  ) throws(Problem) {
    let last = path.split(separator: ".").last ?? ""
    guard value.isEmpty, let key = ["address4": "subnet", "address6": "subnet6"][last] else {
      return
    }
    throw Problem(
      mark,
      "there is no '\(path)': its network has no '\(key)'; ask with '%if \(path)', "
        + "or write 'address' for what there is")
  }

  /// `[not] path`, `path == word`, `path != word`, joined by `and`. The word is what the path
  /// of that name stands for where there is one, else itself; quotes keep it itself.
  /// Empty, `false` and `null` do not hold.
  func holds(_ condition: String, at mark: Mark) throws(Problem) -> Bool {
    try requireShort(condition, "a condition", at: mark)
    for part in condition.parts(between: " and ") {
      guard try holds(part: trim(part), at: mark) else { return false }
    }
    return true
  }

  private func holds(part: String, at mark: Mark) throws(Problem) -> Bool {
    for (sign, isEqual) in [("==", true), ("!=", false)] as [(StaticString, Bool)] {
      let sides = part.parts(between: sign)
      guard sides.count == 2 else { continue }
      let left = try value(of: trim(sides[0]), at: mark)
      return (left == word(trim(sides[1]))) == isEqual
    }
    if part.hasPrefix("not ") { return try !holds(part: trim(part.dropFirst(4)), at: mark) }
    guard !part.isEmpty else { throw Problem(mark, "a condition is missing") }
    let isPlain = part.firstPlace(of: UInt8(ascii: ":")) == nil && !part.contains("|")
    let value = try isPlain ? known(part, at: mark) : value(of: part, at: mark)
    return !["", "false", "null"].contains(value)
  }

  /// The nodes a query means: `role:web`, `site:a`, `component:db`, `name:x`, `node:all`, and
  /// several with commas; `key=value` and `key!=value` after `node:` likewise.
  func select(_ query: String, at mark: Mark) throws(Problem) -> [[String: String]] {
    try requireShort(query, "a selection of nodes", at: mark)
    guard allowance.spend(query.utf8.count * nodes.count) else {
      throw Problem(mark, Allowance.refusal)
    }
    var found = nodes
    var query = trim(query)[...]
    if query.hasPrefix("node:") { query = query.dropFirst(5) }
    for part in query.split(separator: ",") where part != "all" {
      let isNegated = part.firstPlace(of: "!=") != nil
      let sides = part.parts(
        between: isNegated ? "!=" : part.firstPlace(of: UInt8(ascii: "=")) != nil ? "=" : ":")
      let keys = ["role", "site", "component", "name", "network"]
      guard sides.count == 2 else {
        throw Problem(mark, "'\(part)' is no selection of nodes; write role:NAME or site:NAME")
      }
      let (key, wanted) = (trim(sides[0]), word(trim(sides[1])))
      guard keys.contains(key) else {
        throw Problem.unknown("selection of nodes", key, among: keys, at: mark)
      }
      found = found.filter { node in
        let isMeant =
          key == "component"
          ? node["components"]?.split(separator: ",").contains(wanted[...]) == true
          : node[key] == wanted
        return isMeant != isNegated
      }
    }
    return found
  }

  private func attributes(_ path: String, at mark: Mark) throws(Problem) -> [String] {
    guard let colon = path.lastIndex(of: ":"),
      let dot = path[colon...].firstIndex(of: ".")
    else { throw Problem(mark, "'\(path)' needs an attribute, such as '\(path).address'") }
    let attribute = String(path[path.index(after: dot)...])
    return try select(String(path[..<dot]), at: mark).map { node throws(Problem) in
      guard let value = node[attribute] else {
        throw Problem.unknown("attribute", attribute, among: Array(node.keys), at: mark)
      }
      try Scope.requireAddress(value, "\(node["name"] ?? "").\(attribute)", at: mark)
      return value
    }
  }

  private func word(_ text: String) -> String {
    for quote in ["'", "\""] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote)
    {
      return String(text.dropFirst().dropLast())
    }
    return lookUp(text) ?? text
  }

  /// An address as it stands before a port, in a URL say: of IPv6 in brackets.
  private static let hostFilter = "host"

  private static func filtered(_ value: String, _ filter: String, at mark: Mark) throws(Problem)
    -> String
  {
    if filter == hostFilter {
      guard let address = IPAddress(text: value) else {
        throw Problem(mark, "'\(value)' is no IP address, so '|\(filter)' means nothing")
      }
      return address.inURL
    }
    let units: [String: Double] = ["seconds": 1, "milliseconds": 1e3, "microseconds": 1e6]
    guard let unit = units[filter] else {
      throw Problem.unknown("filter", filter, among: units.keys + [hostFilter], at: mark)
    }
    guard let duration = Duration(text: value) else {
      throw Problem(mark, "'\(value)' is no duration, so '|\(filter)' means nothing")
    }
    return Decimal.trimmed(duration.seconds * unit, decimals: 6)
  }
}

/// Telling where secrets go.
extension Scope {
  /// What no text of a user's has in it.
  private static let trace = "\u{1}secret\u{1}"

  /// The same with a trace in the place of every secret.
  private var traced: Scope {
    var scope = self
    for path in secretPaths where values[path] != nil { scope.values[path] = Self.trace }
    for index in nodes.indices {
      for key in secretAttributes where nodes[index][key] != nil {
        scope.nodes[index][key] = Self.trace
      }
    }
    for (name, attributes) in bound {
      for key in secretAttributes where attributes[key] != nil {
        scope.bound[name]?[key] = Self.trace
      }
    }
    return scope
  }

  /// Whether a secret is in the text once it is rendered.
  func tellsSecret(_ text: String) -> Bool {
    guard !(secretPaths.isEmpty && secretAttributes.isEmpty), text.firstPlace(of: "${") != nil
    else {
      return false
    }
    var ignored: [Problem] = []
    return Phrase.render(text, traced, at: Mark(file: ""), &ignored).contains(Self.trace)
  }

  /// Where in a part of a file a secret would be rendered into, the first place.
  func placeOfSecret(in node: YAMLNode) -> Mark? {
    switch node.content {
    case .scalar(let text, _): tellsSecret(text) ? node.mark : nil
    case .sequence(let elements): elements.lazy.compactMap { placeOfSecret(in: $0) }.first
    case .mapping(let entries): entries.lazy.compactMap { placeOfSecret(in: $0.value) }.first
    }
  }
}
