import Basics
import Histories

@testable import Workloads

/// What a small service does wrong, now and then.
enum Flaw: String, Sendable {
  case loses, duplicates, reorders, goesBack, isEarly, isLate, lags
}

/// A service in memory that carries out every operation at one moment: correct, or with one flaw.
final class SmallService {
  private let flaw: Flaw?
  private var chance: Chance
  private var registers: [Payload: [Payload]] = [:]
  private var lists: [Payload: [Payload]] = [:]
  private var holder: [Payload: Payload] = [:]
  private var token: Int64 = 0
  private var balances = [Int64](repeating: 10, count: 8)
  private var timers: [(due: Int, id: Payload)] = []

  init(_ flaw: Flaw?, seed: UInt64) {
    self.flaw = flaw
    chance = Chance(seed: seed)
  }

  private func strikes(_ flaw: Flaw, one times: Int = 6) -> Bool {
    self.flaw == flaw && chance.below(times) == 0
  }

  /// The result, none where there is nothing to say; nil where the operation fails.
  ///
  /// - Parameters:
  ///   - now: in milliseconds.
  ///   - isCopy: whether a copy answers, which a service that lags has not told the last.
  func carryOut(
    _ invocation: Invocation, of kind: String, at now: Int, isCopy: Bool = false
  ) -> Payload? {
    switch (kind, invocation.function.name) {
    case ("set", "add"):
      if !strikes(.loses) { lists[.none, default: []].append(invocation.argument) }
      return Payload.none
    case ("set", _):
      let all = lists[.none] ?? []
      return .list(isCopy && flaw == .lags ? all.dropLast() : all)
    case ("register", _), ("sessions", _), ("counter", _), ("monotonic", _):
      return register(invocation, kind)
    case ("list-append", _), ("rw-register", _), ("long-fork", _):
      return .list((invocation.argument.elements ?? []).map(carryOut))
    case ("bank", _): return bank(invocation)
    case ("queue", _), ("messages", _): return queue(invocation)
    case ("lock", _): return lock(invocation)
    case ("timers", _): return timer(invocation, now)
    case ("unique-ids", _):
      if !strikes(.duplicates) { token += 1 }
      return .integer(token)
    default: fatalError("no small service for \(kind)")
    }
  }

  private func register(_ invocation: Invocation, _ kind: String) -> Payload? {
    let history = registers[invocation.key] ?? []
    let last = history.last ?? .none
    func put(_ value: Payload) { registers[invocation.key] = history + [value] }
    switch invocation.function.name {
    case "read":
      return strikes(.goesBack) ? history.dropLast().randomElement(using: &chance) ?? last : last
    case "write": put(invocation.argument)
    case "cas":
      // Who does not look puts a value over one that was never compared.
      guard invocation.part("old") == last || strikes(.loses, one: 1) else { return nil }
      put(invocation.part("new") ?? .none)
    case "add" where strikes(.loses): return Payload.none
    default: put(.integer((last.integer ?? 0) + (invocation.argument.integer ?? 1)))
    }
    return Payload.none
  }

  /// One micro-operation.
  private func carryOut(_ micro: Payload) -> Payload {
    guard let parts = micro.elements else { return micro }
    let (verb, key) = (parts[0], parts[1])
    switch verb {
    case .symbol("append"): lists[key, default: []].append(parts[2])
    case .symbol("w"): registers[key, default: []].append(parts[2])
    default:
      let isBack = strikes(.goesBack)
      guard let written = registers[key] else {
        let list = lists[key] ?? []
        return .list([verb, key, list.isEmpty ? .none : .list(isBack ? list.dropLast() : list)])
      }
      return .list([verb, key, (isBack ? written.dropLast() : written[...]).last ?? .none])
    }
    return micro
  }

  private func bank(_ invocation: Invocation) -> Payload? {
    if invocation.function.isRead {
      return .map(
        balances.enumerated().map { .init(.integer(Int64($0)), .integer($1)) })
    }
    let parts = ["from", "to", "amount"].map { invocation.part($0)?.integer ?? 0 }
    guard balances[Int(parts[0])] >= parts[2] else { return nil }
    balances[Int(parts[0])] -= parts[2]
    if !strikes(.loses) { balances[Int(parts[1])] += parts[2] }
    return Payload.none
  }

  private func queue(_ invocation: Invocation) -> Payload {
    var waiting = lists[invocation.key] ?? []
    defer { lists[invocation.key] = waiting }
    guard invocation.argument == .none else {
      if strikes(.loses) { return .none }
      waiting.append(invocation.argument)
      if strikes(.duplicates) { waiting.append(invocation.argument) }
      return .none
    }
    guard !waiting.isEmpty else { return .none }
    return waiting.remove(at: waiting.count > 1 && strikes(.reorders, one: 2) ? 1 : 0)
  }

  private func lock(_ invocation: Invocation) -> Payload? {
    let owner = invocation.part("owner") ?? invocation.argument
    if invocation.function.name == "release" {
      guard holder[invocation.key] == owner else { return nil }
      holder[invocation.key] = nil
      return Payload.none
    }
    guard holder[invocation.key] == nil || strikes(.duplicates) else { return nil }
    holder[invocation.key] = owner
    token += strikes(.goesBack) ? -1 : 1
    return .integer(token)
  }

  private func timer(_ invocation: Invocation, _ now: Int) -> Payload {
    if invocation.function.isRead {
      return .list(timers.filter { $0.due <= now }.map(\.id))
    }
    guard let id = invocation.part("id"), let delay = invocation.part("delay")?.integer,
      !strikes(.loses)
    else { return .none }
    let off = strikes(.isEarly) ? -50 : strikes(.isLate) ? 100 : 0
    timers += [(now + Int(delay) + off, id)]
    if strikes(.duplicates) { timers += [(now + Int(delay), id)] }
    return .none
  }
}
