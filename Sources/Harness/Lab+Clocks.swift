import Basics
import Clients
import Clocks
import Bindings
import Faults
import Histories
import Linux
import Nodes
import Stacks
import Workloads

/// What faults may do to the clocks of the stack's servers.
extension Lab {
  func moveClock(of id: InstanceID, _ movement: ClockMovement, as name: String)
    throws(FaultError)
  {
    try attempt("move the clock of \(id)") { try clocks.move(id, by: movement, as: name) }
  }

  func restoreClock(of id: InstanceID, as name: String) throws(FaultError) {
    try attempt("put the clock of \(id) right") { try clocks.restore(id, as: name) }
  }

  func clock(of id: InstanceID) throws(FaultError) -> ClockLook {
    let instance = try instance(id)
    let sight = try attempt("read the clock of \(id)") { try clocks.look(at: id) }
    let isFrozen = try state(of: id).isFrozen
    var look = sight.look
    if let query = instance.clock, !sight.clocks.isEmpty {
      look.answer = isFrozen ? .silence("it is paused") : said(query, instance)
    }
    return look
  }

  /// The server's own word, and what it tells of its clock: the true time is read before and after.
  private func said(_ query: ClockQuery, _ instance: Instance) -> ClockLook.Answer {
    let before = WallClock.nanoseconds
    let text: String
    do { text = try answer(to: query, of: instance) } catch {
      return .silence((error as? ClientError)?.message ?? "\(error)")
    }
    let after = WallClock.nanoseconds
    guard let time = SaidTime(text) else { return .silence("'\(text)' is no time") }
    return .ahead(time.ahead(asked: before, answered: after))
  }

  private func answer(to query: ClockQuery, of instance: Instance) throws -> String {
    switch query.kind {
    case .command(let words):
      return try ask(Instance.Query(command: words, within: query.within), of: instance)
    case .http(let url):
      guard let node = nodes[instance.id.node] else { return "" }
      var options = HTTPOptions.plain
      options.tls.isInsecure = true
      options.serverHeader = "Date"
      let client = HTTPClient(timeout: query.within, options: options)
      return try node.sync { try Self.date(of: url, client) }
    }
  }

  private static func date(
    of url: String, _ client: borrowing HTTPClient
  ) throws(ClientError) -> String {
    guard let date = try ReadyProbe.get(url, client).node else {
      throw .indefinite("its answer has no Date")
    }
    return date
  }
}

extension ClockSight {
  /// As faults judge it.
  var look: ClockLook {
    let ahead = clocks.map { $0.shift.ahead(at: moment) }
    let range = ahead.min().flatMap { least in ahead.max().map { least...$0 } }
    var look = ClockLook(
      wanted: wanted?.ahead(at: moment), processes: clocks.count, ahead: range)
    if wanted != nil { look.unmoved = clocks.filter { !$0.isMoved }.map(\.description) }
    look.touched = clocks.count(where: \.isTouched)
    look.turns = turns
    look.longestGap = longestGap
    return look
  }
}
