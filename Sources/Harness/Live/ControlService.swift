import Basics
import Experiments
import Histories
import Linux
import Nodes
import Stacks
import YAML

/// Answers those who want to poke at a stack that is up, or at a run under way.
final class ControlService: Sendable {
  private let server: ControlServer
  private let place: LiveRegistry.Place
  private let desk: LiveDesk

  /// - Parameters:
  ///   - name: what the user calls it by.
  init(_ desk: LiveDesk, named name: String) throws {
    let run = desk.run
    let reports = run.options.reports
    place = try LiveRegistry(orIn: reports).place(
      name, reports: reports, folder: run.folder.path, isSteered: run.session != nil)
    self.desk = desk
    server = try ControlServer(at: place.socket) { request, client in
      Array(desk.document { try Self.answer(request, client, desk) }.utf8)
    }
    try place.announce()
  }

  /// Whoever was promised an answer gets it; then nobody finds it any more.
  func end() throws {
    desk.ground.value = nil
    server.settle(until: MonotonicClock.nanoseconds + Self.patience)
    try place.withdraw()
    try server.stop()
  }

  /// In nanoseconds; what holds an answer up for longer is not waited for.
  private static let patience: Int64 = 500_000_000

  private static func answer(
    _ request: borrowing ControlRequest, _ client: ControlClientWatch, _ desk: LiveDesk
  ) throws -> JSON {
    let text = String(decoding: request.bytes, as: UTF8.self)
    guard let json = try? JSON(reading: text), let asked = LiveRequest(json) else {
      throw HarnessError.other(
        "this stack does not understand what is asked; it was brought up by another version")
    }
    switch asked {
    case .down: return down(desk.run, client)
    case .exec(let execution): return try exec(execution, request, client, desk.lab())
    case .capture(let recording):
      guard let file = request.files.first else {
        throw HarnessError.other("a capture needs a file to be written into")
      }
      return try LiveCapture(lab: desk.lab(), recording: recording).answer(into: file) {
        try client.isGone() || desk.ground.value == nil
      }
    default: return try desk.answer(asked)
    }
  }

  /// Asks for the end. Where people steer, the answer is what came of it; a second time nothing more is
  /// waited for.
  private static func down(_ run: ExperimentRun, _ client: ControlClientWatch) -> JSON {
    guard let session = run.session else {
      run.stop.raise()
      return [:]
    }
    if session.isOver { run.stop.raise() }
    session.end()
    while true {
      if let closing = session.closing.wait(until: MonotonicClock.nanoseconds + 100_000_000) {
        return closing
      }
      if (try? client.isGone()) ?? true { return [:] }
    }
  }
}

/// Commands in nodes.
extension ControlService {
  private static func exec(
    _ execution: LiveRequest.Execution, _ request: borrowing ControlRequest,
    _ client: ControlClientWatch, _ lab: Lab
  ) throws -> JSON {
    let node = try node(NodeID(execution.node), lab)
    let account = try execution.user.map { try node.account(named: $0) }
    guard let kind = execution.terminal else {
      let command = command(execution.command, request.files, terminal: nil, as: account)
      return try exec(command, on: node, client)
    }
    return try terminal(kind, execution.command, on: node, as: account, request, client)
  }

  /// A command at a terminal of the node's own: the caller gets the other end of it over the socket
  /// that came with the request, and says with a byte when it has given it a size.
  private static func terminal(
    _ kind: String, _ words: [String], on node: Node, as account: Account?,
    _ request: borrowing ControlRequest, _ client: ControlClientWatch
  ) throws -> JSON {
    guard let socket = request.files.first else {
      throw HarnessError.other("a terminal needs a socket to be handed over by")
    }
    let ends = try node.sync { try PseudoTerminal().release() }
    let terminal = PseudoTerminal(ours: ends.ours, theirs: ends.theirs)
    if let account { try terminal.give(to: account) }
    try Descriptor.pass(terminal.ours.raw, over: socket)
    _ = try Poll.wait([socket], until: MonotonicClock.nanoseconds + 1_000_000_000)
    let theirs = terminal.theirs.raw
    let command = command(words, [theirs, theirs, theirs], terminal: kind, as: account)
    return try exec(command, on: node, client)
  }

  /// A command with the caller's own input and output.
  ///
  /// - Parameters:
  ///   - terminal: what kind of terminal the input is (`TERM`); nil when it is none.
  ///   - account: nil runs it as root.
  private static func command(
    _ words: [String], _ files: [Int32], terminal: String?, as account: Account?
  ) -> Command {
    var command = Command(
      words.first ?? "", Array(words.dropFirst()),
      environment: ["TERM": terminal ?? "xterm-256color"], input: files.first,
      output: files.count > 1 ? .descriptor(files[1]) : .nowhere,
      errors: files.count > 2 ? .descriptor(files[2]) : .nowhere)
    command.takesTerminal = terminal != nil
    command.account = account
    return command
  }

  /// Runs a command in a node; ends it when the caller goes away.
  private static func exec(
    _ command: Command, on node: Node, _ client: ControlClientWatch
  ) throws -> JSON {
    let tool = try node.start(command)
    var exit: Exit?
    repeat {
      exit = tool.wait(until: MonotonicClock.nanoseconds + 100_000_000)
    } while try exit == nil && !client.isGone()
    try tool.end()
    return ["code": .integer(Int64(exit?.code ?? 130))]
  }

  private static func node(_ id: NodeID, _ lab: Lab) throws -> Node {
    guard let node = lab.nodes[id] else {
      let known = lab.nodes.keys.map(\.text).sorted()
      let hint = Suggestion.nearest(to: id.text, among: known).map { "; did you mean '\($0)'?" }
      throw HarnessError.other(
        "there is no node '\(id)'" + (hint ?? "; there are " + known.joined(separator: ", ")))
    }
    return node
  }
}
