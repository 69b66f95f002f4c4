import Synchronization
import Histories
import Basics
import Clocks
import Faults
import Linux
import Nodes
import Stacks

/// Starting and asking instances.
extension Lab {
  /// A command of an instance: as its user, with its environment.
  func command(_ words: [String], of instance: Instance) -> Command {
    var command = Command(
      words[0], Array(words.dropFirst()), environment: environment(of: instance),
      user: instance.user)
    command.capabilities = instance.capabilities
    return command
  }

  func environment(of instance: Instance) -> [String: String] {
    Dictionary(instance.environment.map { ($0.name, $0.text) }) { _, last in last }
  }

  func log(of instance: Instance) -> String {
    folder.log(instance.id.node.text, instance.id.component)
  }

  /// Spawns an instance; one that ran before is first cleaned up after.
  func spawn(_ instance: Instance) throws {
    guard let node = nodes[instance.id.node] else { return }
    let isRestart = ledger.withLock { ledger in
      ledger.starts[instance.id, default: []].append(clock.now)
      return ledger.starts[instance.id]!.count > 1
    }
    if isRestart { try cleanUp(instance, node) }
    let starting = ledger.withLock { $0.startings[instance.id] ?? .usual }
    let words = starting.words(for: instance.command)
    var command = command(words, of: instance).logging(to: log(of: instance))
    try clocks.start(instance.id) { gate in
      command.gate = gate
      try supervisor.start(instance.id.component, on: node, command)
    }
    recorder.record(.process(instance.id, .running))
  }

  private func cleanUp(_ instance: Instance, _ node: Node) throws {
    try run(instance.restartPrepare, of: instance, on: node)
  }

  /// Runs commands of an instance one after the other; each must succeed.
  private func run(_ commands: [[String]], of instance: Instance, on node: Node) throws {
    for words in commands {
      let completed = try node.run(command(words, of: instance), timeout: .seconds(30))
      guard completed.isSuccess else {
        throw HarnessError.prepareFailed(
          instance: instance.id.description, command: words.joined(separator: " "),
          said: completed.lastLines)
      }
    }
  }

  /// Does what an instance asks for before its node's network carries anything.
  func boot(_ instance: Instance) throws {
    guard let node = nodes[instance.id.node] else { return }
    try run(instance.boot, of: instance, on: node)
  }

  /// How much of what a query printed is kept, in bytes.
  private static let answerBytes = 256

  /// Runs one of an instance's queries; the text it printed, trimmed.
  func ask(_ query: Instance.Query, of instance: Instance) throws -> String {
    guard let node = nodes[instance.id.node] else { return "" }
    let completed = try node.run(command(query.command, of: instance), timeout: query.within)
    guard completed.isSuccess else {
      throw FaultError(query.command.joined(separator: " "), completed.said)
    }
    return String(completed.text.split(whereSeparator: \.isNewline).last ?? "")
      .trimmingSpaces.cut(toBytes: Self.answerBytes)
  }

  /// Why the instance is not ready; nil when it is.
  func refusal(of instance: Instance) throws -> String? {
    guard let node = nodes[instance.id.node] else { return "its node is not up" }
    guard let probe = instance.ready else { return nil }
    return try ReadyProbe(
      probe: probe, command: { self.command($0, of: instance) }
    ).refusal(in: node)
  }
}

extension Starting {
  /// What is executed in place of a command.
  fileprivate func words(for command: [String]) -> [String] {
    switch self {
    case .usual: command
    case .refused: ["/bin/false"]
    case .delayed(let delay):
      ["/bin/sh", "-c", "sleep \(delay.seconds) && exec \"$@\"", "delayed"] + command
    }
  }
}

extension Completed {
  /// How it ended, and its last lines.
  var said: String {
    ([isTimedOut ? "took too long" : exit.description] + lastLines).joined(separator: ": ")
  }

  /// The last lines it wrote, errors first.
  var lastLines: [String] {
    let text = errorText.isEmpty ? self.text : errorText
    return text.split(whereSeparator: \.isNewline).suffix(5).map { String($0).cut(toBytes: 500) }
  }
}

extension String {
  var trimmingSpaces: String {
    let start = drop { $0.isWhitespace }
    return String(String(start.reversed().drop { $0.isWhitespace }).reversed())
  }
}
