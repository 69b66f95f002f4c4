import Basics
import Histories

/// A history of concurrent clients of one object that behaves: every operation takes effect at one
/// moment between its invocation and its completion.
struct LegalHistory {
  var events: [Event] = []
  private(set) var builder = HistoryBuilder()
  private var object: any LegalObject
  private var chance: Chance
  private var time: Int64 = 0

  struct Event {
    var process: Int32
    var kind: Histories.Event.Kind
    var call: LegalCall
    var value: Term
    var time: Int64
  }

  private struct Client {
    var process: Int32
    var call: LegalCall?
    /// What the call returned, once it took effect.
    var answer: Term?
    /// It will be refused, and never take effect.
    var isRefused = false
  }

  init(_ object: any LegalObject, calls: Int, clients count: Int, _ chance: Chance) {
    self.object = object
    self.chance = chance
    run(calls: calls, clients: count)
  }

  private mutating func run(calls: Int, clients count: Int) {
    var clients = (0..<count).map { Client(process: Int32($0)) }
    var nextProcess = Int32(count)
    var begun = 0
    while begun < calls || clients.contains(where: { $0.call != nil }) {
      time += 1_000_000 * Int64.random(in: 1...4, using: &chance)
      let index = Int.random(in: 0..<count, using: &chance)
      guard let call = clients[index].call else {
        guard begun < calls else { continue }
        begin(&clients[index])
        begun += 1
        continue
      }
      guard clients[index].answer != nil || clients[index].isRefused else {
        clients[index].isRefused = chance.roll(Ratio(0.06))
        if !clients[index].isRefused { clients[index].answer = object.apply(call) }
        continue
      }
      // Nobody hears of some: those that took effect, and those that did not.
      let isUnknown = object.mayBeUnknown(call) && chance.roll(Ratio(0.06))
      let kind: Histories.Event.Kind =
        isUnknown ? .info : clients[index].isRefused ? .fail : .ok
      end(call, kind, clients[index].answer, by: clients[index].process)
      if isUnknown {
        clients[index].process = nextProcess
        nextProcess += 1
      }
      clients[index].call = nil
      clients[index].answer = nil
      clients[index].isRefused = false
    }
    for call in object.finalCalls() {
      time += 1_000_000
      events.append(
        Event(process: nextProcess, kind: .invoke, call: call, value: call.argument, time: time))
      time += 1_000_000
      end(call, .ok, object.apply(call), by: nextProcess)
    }
  }

  private mutating func begin(_ client: inout Client) {
    let call = object.nextCall(&chance)
    client.call = call
    events.append(
      Event(process: client.process, kind: .invoke, call: call, value: call.argument, time: time))
  }

  private mutating func end(
    _ call: LegalCall, _ kind: Histories.Event.Kind, _ answer: Term?, by process: Int32
  ) {
    let value = kind == .ok ? answer ?? .none : call.argument
    events.append(Event(process: process, kind: kind, call: call, value: value, time: time))
  }

  /// The history, with a key for all operations where none is given by a call itself.
  func history(key: Int? = nil) throws -> History {
    var builder = HistoryBuilder()
    for event in events { try builder.take(event, key: key) }
    return builder.finish()
  }

  /// This history and a foreign one, under another key, in one: events interleaved at random.
  func mixed(with other: History, keys: (own: Int, other: Int)?, _ chance: inout Chance) throws
    -> History
  {
    var builder = HistoryBuilder()
    var foreign: [Histories.Event] = []
    other.forEachEvent { foreign.append($0) }
    var (own, next) = (0, 0)
    while own < events.count || next < foreign.count {
      let isOwn =
        next == foreign.count || (own < events.count && chance.roll(Ratio(0.5)))
      if isOwn {
        try builder.take(events[own], key: keys?.own)
        own += 1
      } else {
        try builder.take(foreign[next], of: other, key: keys?.other)
        next += 1
      }
    }
    return builder.finish()
  }
}

extension HistoryBuilder {
  fileprivate mutating func take(_ event: LegalHistory.Event, key: Int?) throws {
    var taken = Event(
      process: event.process, kind: event.kind, function: function(event.call.function),
      value: event.value.value(in: &values), time: Instant(nanoseconds: event.time))
    let key = event.call.key ?? key
    if let key { taken.key = values.integer(Int64(key)) }
    taken.node = event.call.node.map { label($0) } ?? .none
    taken.isFinal = event.call.isFinal
    try append(taken)
  }

  fileprivate mutating func take(_ event: Event, of other: History, key: Int?) throws {
    var taken = event
    taken.process = event.process + 10_000
    taken.function = function(other.name(event.function))
    taken.value = event.value.copied(from: other.values, to: &values)
    taken.error = event.error.copied(from: other.values, to: &values)
    taken.key = event.key.copied(from: other.values, to: &values)
    if let key { taken.key = values.integer(Int64(key)) }
    taken.node = other.name(event.node).map { label($0) } ?? .none
    taken.workload = .none
    try append(taken)
  }
}
