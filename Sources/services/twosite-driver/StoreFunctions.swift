import Basics
import ServiceGround

/// The functions of every workload, as calls of the store.
final class StoreFunctions {
  static let names = [
    "acquire", "add", "cas", "consume", "dequeue", "enqueue", "fired", "generate", "increment",
    "publish", "read", "release", "set", "transfer", "txn", "write",
  ]

  private let options: DriverOptions
  private let kept: PaddedValue
  private var deliveries = 0
  let session: StoreSession

  /// Nil where the URL is none of the store's.
  init?(_ options: DriverOptions, _ url: String, client: Int64) {
    guard let address = StoreAddress(url) else { return nil }
    self.options = options
    kept = PaddedValue(size: options.size)
    session = StoreSession(address, repeats: options.repeats, first: client)
  }

  /// Opens the bank's accounts; everything else is there when it is first used.
  func setUp(until deadline: Deadline) -> DriverReply {
    guard options.object == .bank else { return .ok(nil) }
    let balances = [JSON](repeating: .integer(options.balance), count: options.accounts)
    return reply(ask("open", .null, .array(balances), deadline))
  }

  func carryOut(
    _ function: String, key: JSON, value: JSON, until deadline: Deadline
  ) -> DriverReply {
    switch function {
    case "read": return result(ask(readingVerb, key, .null, deadline))
    case "add" where options.object == .counter:
      return reply(ask("increase", key, value, deadline))
    case "add", "write", "cas": return reply(ask(function, key, kept.padded(value), deadline))
    case "transfer": return reply(ask(function, key, value, deadline))
    case "increment": return result(ask("increase", key, 1, deadline))
    case "txn", "fired": return result(ask(function, .null, value, deadline))
    case "enqueue", "publish": return reply(ask("enqueue", key, value, deadline))
    case "dequeue": return dequeue(deadline)
    case "consume": return consume(key, deadline)
    case "acquire":
      let order: JSON = ["owner": value, "lease": .integer(options.leaseMilliseconds)]
      return result(ask("acquire", key, order, deadline))
    case "release": return release(key, value, deadline)
    case "set": return set(value, deadline)
    case "generate":
      return result(ask(options.isSnowflake ? "id" : "next", .null, .null, deadline))
    default: return .fail("not-supported", "there is no function \(function)")
    }
  }

  private var readingVerb: String {
    switch options.object {
    case .register: "read"
    case .set: "elements"
    case .counter: "counter"
    case .bank: "balances"
    }
  }

  private func ask(
    _ verb: String, _ key: JSON, _ value: JSON, _ deadline: Deadline
  ) -> StoreReply {
    let parts = [options.prefix, key == .null ? "" : key.plain].filter { !$0.isEmpty }
    return session.ask(verb, parts.joined(separator: "/"), value, until: deadline)
  }

  /// A write completes with its argument.
  private func reply(_ reply: StoreReply) -> DriverReply {
    if case .done = reply { .ok(nil) } else { result(reply) }
  }

  private func result(_ reply: StoreReply) -> DriverReply {
    switch reply {
    case .done(let value): .ok(kept.plain(value))
    case .declined(let reason): .fail("precondition-failed", reason)
    case .malformed(let reason): .fail("malformed-request", reason)
    case .refused(let reason): .fail("temporarily-unavailable", reason)
    case .unknown(let reason): .info("timeout", reason)
    }
  }

  /// Takes an element and acknowledges it. What was not acknowledged for certain comes again, so that is a fail.
  private func dequeue(_ deadline: Deadline) -> DriverReply {
    let taken = take(.null, isOrdered: false, deadline)
    guard case .done(let delivery) = taken else { return untaken(taken) }
    guard let token = delivery["token"] else { return .ok(.null) }
    let element = delivery["value"] ?? .null
    guard options.leaseMilliseconds > 0 else { return .ok(element) }
    if isForgotten() { return Self.forgotten }
    switch ask("acknowledge", .null, token, deadline) {
    case .done: return .ok(element)
    case .unknown(let reason): return .info("timeout", reason, element)
    case .declined(let reason), .refused(let reason), .malformed(let reason):
      return .fail("abort", "not acknowledged: \(reason)")
    }
  }

  /// A message is delivered with its answer, acknowledged or not; it may come again.
  private func consume(_ key: JSON, _ deadline: Deadline) -> DriverReply {
    let taken = take(key, isOrdered: true, deadline)
    guard case .done(let delivery) = taken else { return untaken(taken) }
    guard let token = delivery["token"] else { return .ok(.array([])) }
    if isForgotten() { return Self.forgotten }
    if options.leaseMilliseconds > 0 { _ = ask("acknowledge", key, token, deadline) }
    return .ok(.array([delivery["value"] ?? .null]))
  }

  /// Whether the consumer dies over this delivery.
  private func isForgotten() -> Bool {
    deliveries += 1
    return options.abandons > 0 && deliveries.isMultiple(of: options.abandons)
  }

  private static let forgotten = DriverReply.fail(
    "abort", "not acknowledged, as if the consumer had died: it comes again")

  /// Where others have all that is left this waits until it is acknowledged or comes again.
  private func take(_ key: JSON, isOrdered: Bool, _ deadline: Deadline) -> StoreReply {
    while true {
      let reply = takeOnce(key, isOrdered: isOrdered, deadline)
      guard case .declined = reply, deadline.millisecondsLeft > 50 else { return reply }
      Clock.pause(microseconds: 20_000)
    }
  }

  private func takeOnce(_ key: JSON, isOrdered: Bool, _ deadline: Deadline) -> StoreReply {
    var order: [JSON.Member] = [.init("ordered", .bool(isOrdered))]
    if options.leaseMilliseconds > 0 {
      order.append(.init("lease", .integer(options.leaseMilliseconds)))
    }
    return ask("take", key, .object(order), deadline)
  }

  private func untaken(_ reply: StoreReply) -> DriverReply {
    switch reply {
    case .unknown(let reason) where options.leaseMilliseconds > 0:
      .fail("temporarily-unavailable", "not acknowledged, so it comes again: \(reason)")
    default: result(reply)
    }
  }

  private func release(_ key: JSON, _ value: JSON, _ deadline: Deadline) -> DriverReply {
    guard case .array(let parts) = value, parts.count == 2 else {
      return .fail("malformed-request", "[owner, token] is expected")
    }
    return reply(ask("release", key, parts[1], deadline))
  }

  private func set(_ value: JSON, _ deadline: Deadline) -> DriverReply {
    guard case .array(let parts) = value, parts.count == 2 else {
      return .fail("malformed-request", "[id, delay] is expected")
    }
    return reply(ask("set", .null, ["id": parts[0], "delay": parts[1]], deadline))
  }
}

extension JSON {
  fileprivate var plain: String { if case .string(let text) = self { text } else { text() } }
}
