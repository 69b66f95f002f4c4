/// Makes values of events, with a stack of its own instead of the thread's.
struct Builder {
  private(set) var root: YAMLNode?
  private let file: String
  private let limits: Limits
  private var open: [OpenNode] = []
  private var anchors: [String: Built] = [:]
  private var values = 0
  private var bytes = 0

  init(file: String, limits: Limits) {
    self.file = file
    self.limits = limits
  }

  mutating func take(_ event: ParserEvent) throws(Problem) {
    switch event.kind {
    case .document:
      if root != nil { throw Problem(event.mark, "a second document in one file") }
    case .alias(let name):
      guard let target = anchors[name] else {
        throw Problem.unknown("anchor", name, among: Array(anchors.keys), at: event.mark)
      }
      try add(target, at: event.mark, anchor: nil)
    case .scalar(let text, let isPlain):
      // To whoever reads it in C it would end there.
      if text.utf8.contains(0) {
        throw Problem(event.mark, "a text must not hold the character NUL")
      }
      let node = YAMLNode(.scalar(text, isPlain: isPlain), at: event.mark)
      let built = Built(node: node, values: 1, bytes: text.utf8.count, depth: 1)
      try add(built, at: event.mark, anchor: event.anchor)
    case .sequenceStart, .mappingStart:
      var isMapping = false
      if case .mappingStart = event.kind { isMapping = true }
      if open.last?.isWaitingForKey == true { throw keyProblem(event.mark) }
      guard open.count < limits.depth else { throw tooDeep(event.mark) }
      open.append(OpenNode(mark: event.mark, anchor: event.anchor, isMapping: isMapping))
    case .end:
      let level = open.removeLast()
      let built = Built(
        node: level.node, values: level.values + 1, bytes: level.bytes, depth: level.depth + 1)
      // Its parts were counted when they were added.
      values -= level.values
      bytes -= level.bytes
      try add(built, at: level.mark, anchor: level.anchor)
    case .other: break
    }
  }

  private mutating func add(_ built: Built, at mark: Mark, anchor: String?) throws(Problem) {
    values += built.values
    bytes += built.bytes
    guard values <= limits.values else {
      throw Problem(mark, "more than \(limits.values) values")
    }
    // An escape of two characters may stand for three bytes.
    guard bytes <= limits.bytes + limits.bytes / 2 else {
      throw Problem(mark, "more than \(limits.bytes) bytes once aliases are expanded")
    }
    guard open.count + built.depth <= limits.depth + 1 else { throw tooDeep(mark) }
    if let anchor { anchors[anchor] = built }
    guard let last = open.indices.last else {
      root = built.node
      return
    }
    if open[last].isWaitingForKey {
      try open[last].setKey(built.node, at: mark, problem: keyProblem(mark))
    } else {
      open[last].add(built)
    }
  }

  private func keyProblem(_ mark: Mark) -> Problem {
    Problem(mark, "a key must be a single value")
  }

  private func tooDeep(_ mark: Mark) -> Problem {
    Problem(mark, "nested more than \(limits.depth) levels deep")
  }
}

/// A finished value and what it costs to walk it.
private struct Built {
  let node: YAMLNode
  let values: Int
  /// Of all its texts.
  let bytes: Int
  let depth: Int
}

/// A list or mapping that is still open.
private struct OpenNode {
  let mark: Mark
  let anchor: String?
  let isMapping: Bool
  var values = 0
  var bytes = 0
  var depth = 0
  private var elements: [YAMLNode] = []
  private var entries: [YAMLNode.Entry] = []
  private var keys: [String: Mark] = [:]
  private var pending: (key: String, mark: Mark)?

  init(mark: Mark, anchor: String?, isMapping: Bool) {
    self.mark = mark
    self.anchor = anchor
    self.isMapping = isMapping
  }

  var isWaitingForKey: Bool { isMapping && pending == nil }

  var node: YAMLNode { YAMLNode(isMapping ? .mapping(entries) : .sequence(elements), at: mark) }

  mutating func setKey(_ node: YAMLNode, at mark: Mark, problem: Problem) throws(Problem) {
    guard case .scalar(let key, _) = node.content else { throw problem }
    if let first = keys[key] {
      throw Problem(mark, "key '\(key)' stands twice; the first is in line \(first.line)")
    }
    keys[key] = mark
    pending = (key, mark)
    values += 1
    bytes += key.utf8.count
  }

  mutating func add(_ built: Built) {
    values += built.values
    bytes += built.bytes
    depth = max(depth, built.depth)
    guard isMapping, let (key, mark) = pending else {
      elements.append(built.node)
      return
    }
    entries.append(YAMLNode.Entry(key: key, mark: mark, value: built.node))
    pending = nil
  }
}
