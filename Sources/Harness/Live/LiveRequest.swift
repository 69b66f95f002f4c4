public import Basics
public import Experiments

/// What may be asked of a stack that is up, or of a run under way, over its control socket; one JSON
/// document each. Every answer is a JSON document, too, with `error` where it was refused.
public enum LiveRequest: Hashable, Sendable {
  /// What it is doing.
  case status
  /// To end: a run heals and judges what it has; a stack that is up is healed, judged, and reported.
  case down
  case exec(Execution)
  /// To do something to the stack now.
  case inject(HandStep.Said, Rails)
  /// To heal the fault of an id; nil: all.
  case heal(Int?)
  /// To heal everything at once, and to forget what was still to come.
  case halt
  /// To let the step of a method begin that waits for that.
  case step
  /// To set a mark in the history.
  case note(String)
  /// What a server (`node/component`) has written: from a place on, in bytes, or its last lines.
  case log(String, after: Int?, lines: Int?)
  /// To record what is sent into the file that comes with the request, until the asker has enough or goes.
  case capture(Recording)
  /// To pause or begin the traffic of a workload; nil: of all.
  case traffic(TrafficOrder, of: String?)

  /// What is to become of traffic.
  public enum TrafficOrder: Hashable, Sendable {
    case stop
    /// At a rate, as an experiment writes it; nil: at the experiment's own.
    case start(String?)
  }

  /// What of a stack's networks is to be recorded.
  public struct Recording: Hashable, Sendable {
    /// The networks by name; none: all.
    public var networks: [String]
    /// Only what these nodes send; none: all.
    public var nodes: [String]
    /// Headers only, instead of whole frames.
    public var isHeadersOnly: Bool

    /// Everything of all nodes in all networks, unless told otherwise.
    public init(networks: [String] = [], nodes: [String] = [], isHeadersOnly: Bool = false) {
      self.networks = networks
      self.nodes = nodes
      self.isHeadersOnly = isHeadersOnly
    }
  }

  /// A command in a node, whose files come with the request.
  public struct Execution: Hashable, Sendable {
    /// Where.
    public var node: String
    /// The program and its arguments.
    public var command: [String]
    /// As whom, by the node's own `/etc/passwd`; nil: root.
    public var user: String?
    /// What kind of terminal the command gets (`TERM`), over the socket that comes with the request; nil:
    /// none, and three files come.
    public var terminal: String?

    /// As root, and without a terminal, unless told otherwise.
    public init(
      _ command: [String], on node: String, as user: String? = nil, terminal: String? = nil
    ) {
      self.node = node
      self.command = command
      self.user = user
      self.terminal = terminal
    }
  }

  /// What keeps a step from hitting more than was meant.
  public struct Rails: Hashable, Sendable {
    /// With more targets nothing is done; nil: however many there are.
    public var mostTargets: Int?
    /// Say what would be hit, and do nothing.
    public var isDry: Bool
    /// Whole sites may be hit.
    public var isConfirmed: Bool

    /// None of them, unless told otherwise.
    public init(mostTargets: Int? = nil, isDry: Bool = false, isConfirmed: Bool = false) {
      self.mostTargets = mostTargets
      self.isDry = isDry
      self.isConfirmed = isConfirmed
    }
  }
}

/// As bytes on the socket.
extension LiveRequest {
  /// The document that is sent.
  public var json: JSON {
    switch self {
    case .status: ["ask": "status"]
    case .down: ["ask": "down"]
    case .halt: ["ask": "halt"]
    case .step: ["ask": "step"]
    case .heal(let id): ["ask": "heal", "id": .optional(id) { .integer($0) }]
    case .note(let text): ["ask": "note", "text": .string(text)]
    case .log(let instance, let place, let lines):
      [
        "ask": "log", "instance": .string(instance), "after": .optional(place) { .integer($0) },
        "lines": .optional(lines) { .integer($0) },
      ]
    case .capture(let recording):
      [
        "ask": "capture", "networks": .strings(recording.networks),
        "nodes": .strings(recording.nodes), "headersOnly": .bool(recording.isHeadersOnly),
      ]
    case .traffic(let order, let workload):
      [
        "ask": "traffic", "start": .bool(order != .stop),
        "rate": .optional(order.rate) { .string($0) },
        "workload": .optional(workload) { .string($0) },
      ]
    case .exec(let execution):
      [
        "ask": "exec", "node": .string(execution.node), "command": .strings(execution.command),
        "user": .optional(execution.user) { .string($0) },
        "terminal": .optional(execution.terminal) { .string($0) },
      ]
    case .inject(let said, let rails):
      [
        "ask": "inject", "said": said.json,
        "mostTargets": .optional(rails.mostTargets) { .integer($0) }, "dry": .bool(rails.isDry),
        "confirmed": .bool(rails.isConfirmed),
      ]
    }
  }

  /// Nil where a document asks for nothing that is known.
  init?(_ json: JSON) {
    switch json["ask"]?.text {
    case "status": self = .status
    case "down": self = .down
    case "halt": self = .halt
    case "step": self = .step
    case "heal": self = .heal(json["id"]?.whole)
    case "note":
      guard let text = json["text"]?.text else { return nil }
      self = .note(text)
    case "log":
      guard let instance = json["instance"]?.text else { return nil }
      self = .log(instance, after: json["after"]?.whole, lines: json["lines"]?.whole)
    case "capture":
      self = .capture(
        Recording(
          networks: json["networks"]?.texts ?? [], nodes: json["nodes"]?.texts ?? [],
          isHeadersOnly: json["headersOnly"] == .bool(true)))
    case "traffic":
      let isStart = json["start"] == .bool(true)
      self = .traffic(isStart ? .start(json["rate"]?.text) : .stop, of: json["workload"]?.text)
    case "exec":
      guard let node = json["node"]?.text, let command = json["command"]?.texts else { return nil }
      self = .exec(
        Execution(command, on: node, as: json["user"]?.text, terminal: json["terminal"]?.text))
    case "inject":
      guard let said = json["said"].flatMap(HandStep.Said.init) else { return nil }
      self = .inject(
        said,
        Rails(
          mostTargets: json["mostTargets"]?.whole, isDry: json["dry"] == .bool(true),
          isConfirmed: json["confirmed"] == .bool(true)))
    default: return nil
    }
  }
}

extension LiveRequest.TrafficOrder {
  fileprivate var rate: String? { if case .start(let rate) = self { rate } else { nil } }
}

extension HandStep.Said {
  fileprivate var json: JSON {
    switch self {
    case .sentence(let text): ["sentence": .string(text)]
    case .flags(let flags):
      [
        "name": .string(flags.name), "target": .optional(flags.target) { .string($0) },
        "component": .optional(flags.component) { .string($0) },
        "between": .strings(flags.between), "from": .optional(flags.from) { .string($0) },
        "to": .optional(flags.to) { .string($0) }, "for": .optional(flags.length) { .string($0) },
        "settings": .array(flags.settings.map { [.string($0.key), .string($0.value)] }),
      ]
    }
  }

  fileprivate init?(_ json: JSON) {
    if let text = json["sentence"]?.text {
      self = .sentence(text)
      return
    }
    guard let name = json["name"]?.text else { return nil }
    var flags = StepFlags(name)
    flags.target = json["target"]?.text
    flags.component = json["component"]?.text
    flags.between = json["between"]?.texts ?? []
    flags.from = json["from"]?.text
    flags.to = json["to"]?.text
    flags.length = json["for"]?.text
    flags.settings = (json["settings"]?.elements ?? []).compactMap { pair in
      guard let words = pair.texts, words.count == 2 else { return nil }
      return StepFlags.Setting(words[0], words[1])
    }
    self = .flags(flags)
  }
}

extension JSON {
  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }

  fileprivate var whole: Int? { if case .integer(let number) = self { Int(number) } else { nil } }

  fileprivate var elements: [JSON]? { if case .array(let all) = self { all } else { nil } }

  fileprivate var texts: [String]? { elements.map { $0.compactMap(\.text) } }
}
