internal import Basics
internal import Histories
internal import Workloads

/// One function as a command.
struct RedisBinding: Sendable {
  static let schema = Schema([
    Schema.Key(
      "command", .list(of: .text),
      "The command's words, [SADD, s, \"{value}\"], or one text with blanks between them; places such as"
        + " {key} in a word stay one word. Default: none; it is needed."),
    Schema.Key(
      "as", .choice(["usual", "argument", "nothing", "reply", "list", "map"]),
      "What the function completes with: its argument, nothing, the reply, a list (nil is an empty one) or"
        + " a map from every first to every second element. usual: the argument of a write that"
        + " completes with a single value, else what fits the function.",
      default: "usual"),
    Schema.Key(
      "ok-is", .list(of: .text),
      "The replies that say that it was done, 'nil' for none; any other is fail. Default: all."),
    Schema.Key(
      "fail-is", .list(of: .text),
      "Replies that say that it was not done, 'nil' for none: of SET … NX. Default: none."),
  ])

  private enum Shape { case argument, nothing, reply, list, map }

  private let words: [BindingTemplate]
  private let shape: Shape
  private let okIs: [String]?
  private let failIs: [String]

  init(_ settings: Settings, of function: WorkloadFunction) throws(BindingError) {
    let way = "functions.\(function.name)"
    let written = settings.texts("command") ?? []
    guard let first = written.first, !first.isEmpty else {
      throw BindingError(
        way,
        "'\(function.name)' needs a command: functions: {\(function.name): {command: [GET, x]}}")
    }
    let texts = written.count > 1 ? written : first.split(separator: " ").map { String($0) }
    var words: [BindingTemplate] = []
    for text in texts {
      words.append(try BindingTemplate(text, at: "\(way).command", for: function))
    }
    self.words = words
    shape = Self.shape(settings.text("as"), of: function)
    okIs = settings.texts("ok-is")
    failIs = settings.texts("fail-is") ?? []
  }

  private static func shape(_ word: String?, of function: WorkloadFunction) -> Shape {
    switch word {
    case "argument": return .argument
    case "nothing": return .nothing
    case "reply": return .reply
    case "list": return .list
    case "map": return .map
    default: break
    }
    switch function.signature.result {
    case .nothing: return .nothing
    case .list: return .list
    case .map: return .map
    case .scalar where !function.isRead && function.signature.argument != .nothing:
      return .argument
    default: return .reply
    }
  }

  func command(_ invocation: Invocation) -> [String] { words.map { $0.text(invocation) } }

  func completion(
    _ reply: RedisReply, of invocation: Invocation, by server: String?
  ) -> Completion {
    let spelled = reply.spelled
    if failIs.contains(spelled) || okIs?.contains(spelled) == false {
      return .declined("the reply is \(spelled.isEmpty ? "an empty text" : spelled)", by: server)
    }
    switch shape {
    case .argument: return .ok(invocation.argument, by: server)
    case .nothing: return .ok(by: server)
    case .reply: return .ok(reply.payload, by: server)
    case .list: return .ok(reply == .none ? .list([]) : reply.payload, by: server)
    case .map: return .ok(reply.map, by: server)
    }
  }
}
