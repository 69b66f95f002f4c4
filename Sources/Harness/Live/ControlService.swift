import Basics
import Glibc
import Histories
import Linux
import Nodes
import Stacks
import Synchronization
import YAML

/// Answers those who want to poke at a stack that is up: what runs, run a command in a node, end.
final class ControlService: Sendable {
  private let server: ControlServer
  private let place: LiveRegistry.Place

  /// - Parameters:
  ///   - name: what the user calls it by.
  ///   - reports: the reports folder that it writes to, by which those of one name differ.
  ///   - onDown: somebody asks the stack to go down.
  init(
    _ lab: Lab, named name: String, reports: String, onDown: @escaping @Sendable () -> Void
  ) throws {
    place = try LiveRegistry(orIn: reports).place(name, reports: reports, folder: lab.folder.path)
    server = try ControlServer(at: place.socket) { request, client in
      let answer: JSON
      do {
        answer = try Self.answer(request, client, lab, onDown)
      } catch {
        answer = ["error": .string("\(error)")]
      }
      return Array(answer.masked(by: lab.stack.secrets).text().utf8)
    }
    try place.announce()
  }

  func end() throws {
    try place.withdraw()
    try server.stop()
  }

  private static func answer(
    _ request: borrowing ControlRequest, _ client: ControlClientWatch, _ lab: Lab,
    _ onDown: @Sendable () -> Void
  ) throws -> JSON {
    var words = String(decoding: request.bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    var user: String?
    if words.first == "as", words.count > 2 {
      user = words[1]
      words.removeFirst(2)
    }
    switch words.first {
    case "status": return status(lab)
    case "down":
      onDown()
      return [:]
    case "exec" where words.count >= 3:
      let node = try node(NodeID(words[1]), lab)
      let account = try user.map { try node.account(named: $0) }
      let command = Self.command(words.dropFirst(2), request.files, terminal: nil, as: account)
      return try exec(command, on: node, client)
    case "terminal" where words.count >= 4:
      return try terminal(words, as: user, request, client, lab)
    default: throw HarnessError.other("this stack does not understand '\(words.first ?? "")'")
    }
  }

  /// A command at a terminal of the node's own: the caller gets the other end of it over the socket
  /// that came with the request, and says with a byte when it has given it a size.
  private static func terminal(
    _ words: [String], as user: String?, _ request: borrowing ControlRequest,
    _ client: ControlClientWatch, _ lab: Lab
  ) throws -> JSON {
    guard let socket = request.files.first else {
      throw HarnessError.other("a terminal needs a socket to be handed over by")
    }
    let node = try node(NodeID(words[1]), lab)
    let account = try user.map { try node.account(named: $0) }
    let ends = try node.sync { try PseudoTerminal().release() }
    let terminal = PseudoTerminal(ours: ends.ours, theirs: ends.theirs)
    if let account { try terminal.give(to: account) }
    try Descriptor.pass(terminal.ours.raw, over: socket)
    _ = try Poll.wait([socket], until: MonotonicClock.nanoseconds + 1_000_000_000)
    let theirs = terminal.theirs.raw
    let command = Self.command(
      words.dropFirst(3), [theirs, theirs, theirs], terminal: words[2], as: account)
    return try exec(command, on: node, client)
  }

  /// A command with the caller's own input and output.
  ///
  /// - Parameters:
  ///   - terminal: what kind of terminal the input is (`TERM`); nil when it is none.
  ///   - account: nil runs it as root.
  private static func command(
    _ words: ArraySlice<String>, _ files: [Int32], terminal: String?, as account: Account?
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

  private static func status(_ lab: Lab) -> JSON {
    let snapshot = lab.state.snapshot
    let states = lab.supervisor.states.map { instance, state -> JSON in
      [
        "node": .string(instance.node.text), "component": .string(instance.component),
        "state": .string(state.text),
      ]
    }
    return [
      "stack": .string(lab.stack.name), "phase": .string(snapshot.phase.rawValue),
      "folder": .string(lab.folder.path),
      "nodes": .array(
        lab.stack.nodes.map { node in
          [
            "name": .string(node.id.text), "site": .string(node.site.text),
            "role": .string(node.role), "address": .string("\(node.address)"),
          ]
        }),
      "instances": .array(states),
      "owners": .object(
        snapshot.owners.sorted { $0.key < $1.key }.map {
          JSON.Member($0.key, .strings($0.value.sorted().map(\.text)))
        }),
      "faults": .strings(snapshot.faults.sorted { $0.key < $1.key }.map(\.value)),
    ]
  }
}

extension ComponentState {
  /// In a word or two for a person.
  var text: String {
    switch self {
    case .running: "running"
    case .paused: "paused"
    case .stopped(let exit): "stopped (\(exit))"
    case .died(let exit): "died on its own (\(exit))"
    }
  }
}
