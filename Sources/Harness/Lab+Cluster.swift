import Synchronization
import Histories
import Basics
import Fabric
import Faults
import Glibc
import Links
import Linux
import Nodes
import Stacks

/// What faults may do to the stack.
extension Lab: Cluster {
  func owners(of address: String) throws(FaultError) -> [NodeID] {
    guard let floating = stack.address(named: address) else {
      throw FaultError("find the owner of \(address)", "there is no such address")
    }
    return try attempt("list the addresses of all nodes") {
      try nodes.keys.sorted().filter { id in
        let isOff = ledger.withLock { $0.withoutPower.contains(id) }
        return try !isOff
          && nodes[id]!.addresses().contains { $0.prefix.address == floating.ip }
      }
    }
  }

  func role(of id: InstanceID) throws(FaultError) -> String {
    let instance = try instance(id)
    guard let query = instance.role else {
      throw FaultError("ask \(id) for its role", "its component has no role query")
    }
    return try attempt("ask \(id) for its role") {
      let role = try ask(query, of: instance)
      recorder.record(.role(id, .answer(role)))
      return role
    }
  }

  func state(of id: InstanceID) throws(FaultError) -> InstanceState {
    let starts = ledger.withLock { $0.starts[id] ?? [] }
    return try attempt("look at \(id)") {
      var state = InstanceState(
        isMainAlive: false, processes: try supervisor.processes(id).count, starts: starts)
      switch supervisor.state(id) {
      case .running?: state.isMainAlive = true
      case .paused?: (state.isMainAlive, state.isFrozen) = (true, true)
      case .stopped?, .died?, nil: break
      }
      return state
    }
  }

  func isReady(_ id: InstanceID) throws(FaultError) -> Bool {
    let instance = try instance(id)
    return try attempt("probe \(id)") {
      guard case .running? = supervisor.state(id) else { return false }
      return try refusal(of: instance) == nil
    }
  }

  func signal(_ signal: Faults.Signal, _ id: InstanceID, mainOnly: Bool) throws(FaultError) {
    try attempt("send \(signal.rawValue) to \(id)") {
      switch (signal, mainOnly) {
      case (.kill, true): _ = try supervisor.killMain(id)
      case (.kill, false): _ = try supervisor.kill(id)
      case (.terminate, _): try supervisor.terminate(id)
      }
    }
  }

  func stop(_ id: InstanceID) throws(FaultError) {
    let stop = try instance(id).stop
    guard let number = SignalName.number(stop.signal) else {
      throw FaultError("stop \(id)", "its component names the signal \(stop.signal)")
    }
    try attempt("stop \(id)") {
      switch supervisor.state(id) {
      case .running?: break
      // What stands still cannot end in order.
      case .paused?: _ = try supervisor.resume(id)
      default: return
      }
      try supervisor.stop(id, signal: number, grace: stop.within)
    }
  }

  func start(_ id: InstanceID) throws(FaultError) {
    let instance = try instance(id)
    setSpare(id.node, false)
    try attempt("start \(id)") {
      switch supervisor.state(id) {
      case .running?, .paused?: return
      default: try spawn(instance)
      }
    }
  }

  func setStarting(_ starting: Starting, of id: InstanceID) throws(FaultError) {
    ledger.withLock { $0.startings[id] = starting == .usual ? nil : starting }
  }

  func promote(_ id: InstanceID) throws(FaultError) {
    let instance = try instance(id)
    guard let query = instance.promote else {
      throw FaultError("promote \(id)", "its component has no 'promote' command")
    }
    try attempt("promote \(id)") { _ = try ask(query, of: instance) }
  }

  func freeze(_ id: InstanceID) throws(FaultError) {
    try attempt("pause \(id)") { _ = try supervisor.pause(id) }
    recorder.record(.process(id, .paused))
  }

  func thaw(_ id: InstanceID) throws(FaultError) {
    try attempt("resume \(id)") {
      guard case .paused? = supervisor.state(id) else { return }
      _ = try supervisor.resume(id)
      recorder.record(.process(id, .running))
    }
  }

  /// Runs an act and says what was attempted when it fails.
  func attempt<Result>(_ what: String, _ body: () throws -> Result) throws(FaultError) -> Result {
    do { return try body() } catch let error as FaultError { throw error } catch {
      throw FaultError(what, "\(error)")
    }
  }
}

/// Signals by the names that component files use.
enum SignalName {
  private static let numbers: [String: Int32] = [
    "TERM": SIGTERM, "INT": SIGINT, "QUIT": SIGQUIT, "HUP": SIGHUP, "KILL": SIGKILL,
    "USR1": SIGUSR1, "USR2": SIGUSR2,
  ]

  static func number(_ name: String) -> Int32? { numbers[name] }
}
