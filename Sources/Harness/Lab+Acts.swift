import Basics
import Faults
import Linux
import Nodes
import Stacks
import Synchronization

/// What instances can be made to do, and commands on their nodes.
extension Lab {
  func carryOut(_ name: String, _ part: ActPart, on id: InstanceID, about target: String)
    throws(FaultError)
  {
    let (instance, act) = try act(name, of: id)
    let node = try node(id.node)
    let words = part == .command ? act.command : act.undo
    if act.mayEnd { supervisor.expectEnd(of: id) }
    try attempt("\(name) on \(id)") {
      let completed = try node.run(
        command(words, of: instance, about: target), timeout: act.within)
      guard completed.isSuccess else {
        throw FaultError("\(name) on \(id)", completed.said)
      }
    }
  }

  func shows(_ name: String, on id: InstanceID, about target: String) throws(FaultError) -> Bool? {
    let (instance, act) = try act(name, of: id)
    guard let probe = act.shows else { return nil }
    let node = try node(id.node)
    return try attempt("look for \(name) on \(id)") {
      try ReadyProbe(
        probe: probe, command: { self.command($0, of: instance, about: target) }
      ).refusal(in: node) == nil
    }
  }

  private func act(_ name: String, of id: InstanceID) throws(FaultError) -> (Instance, ComponentAct)
  {
    let instance = try instance(id)
    guard let act = instance.act(name) else {
      throw FaultError("\(name) on \(id)", "its component has no such act")
    }
    return (instance, act)
  }

  private func command(_ words: [String], of instance: Instance, about target: String) -> Command {
    var command = command(words, of: instance)
    command.environment[ComponentAct.target] = target
    return command
  }

  func launch(
    _ words: [String], on id: NodeID, as component: String?, within limit: Duration, key: String
  ) throws(FaultError) {
    let node = try node(id)
    let instance = try component.map { name throws(FaultError) in
      try self.instance(InstanceID(node: id, component: name))
    }
    let command =
      instance.map { self.command(words, of: $0) } ?? Command(words[0], Array(words.dropFirst()))
    try attempt("run \(words[0]) on \(id)") {
      _ = try Linux.Thread(named: "run \(words[0])") { [self] in
        let outcome: CommandOutcome
        do {
          let completed = try node.run(command, timeout: limit)
          outcome = CommandOutcome(isSuccess: completed.isSuccess, text: completed.said)
        } catch {
          outcome = CommandOutcome(isSuccess: false, text: "could not be run: \(error)")
        }
        ledger.withLock { $0.outcomes["\(key) \(id)"] = outcome }
      }
    }
  }

  func outcome(of key: String, on node: NodeID) throws(FaultError) -> CommandOutcome? {
    ledger.withLock { $0.outcomes["\(key) \(node)"] }
  }
}
