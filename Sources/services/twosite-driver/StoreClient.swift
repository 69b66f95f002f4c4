import Basics
import ServiceGround
import Synchronization

/// A client with a thread of its own, which carries out one operation after the other.
final class StoreClient: Sendable {
  private struct Order {
    let message: JSON
    let id: Int64
    let deadline: Deadline
  }

  private let number: Int64
  /// Orders that were not begun; nil ends the thread.
  private let orders = Mutex<[Order?]>([])
  private let waiting = Semaphore(0)

  /// - Parameter functions: nil where the client's URL is none.
  init(_ number: Int64, _ functions: sending StoreFunctions?) {
    self.number = number
    let made = FunctionsBox(functions)
    Background.run { [self] in
      while let order = next() { carryOut(order, made.functions) }
    }
  }

  func invoke(_ message: JSON, _ id: Int64) {
    let milliseconds =
      switch message["deadline_ms"] {
      case .integer(let number): Double(number)
      case .number(let number): number
      default: 1000.0
      }
    // So that the answer is not too late itself.
    let left = max(milliseconds - 20, 1)
    put(Order(message: message, id: id, deadline: .after(.milliseconds(Int64(left)))))
  }

  func close() { put(nil) }

  private func put(_ order: Order?) {
    orders.withLock { $0.append(order) }
    waiting.signal()
  }

  private func next() -> Order? {
    while !waiting.wait(until: .after(.seconds(600))) {}
    return orders.withLock { $0.removeFirst() }
  }

  private func carryOut(_ order: Order, _ functions: StoreFunctions?) {
    let reply =
      functions?.carryOut(
        order.message.text("function") ?? "", key: order.message["key"] ?? .null,
        value: order.message["value"] ?? .null, until: order.deadline)
      ?? .fail("malformed-request", "twosite://HOST:PORT is expected")
    DriverOutput.write(
      reply.message(client: number, id: order.id, server: functions?.session.server))
  }
}

/// Carries what one thread will own to it.
private final class FunctionsBox: @unchecked Sendable {
  let functions: StoreFunctions?
  init(_ functions: StoreFunctions?) { self.functions = functions }
}

/// What a driver says came of an operation.
enum DriverReply: Equatable {
  /// Without a value a write completes with its argument.
  case ok(JSON?)
  /// A code that is definite by the protocol's table.
  case fail(String, String)
  /// With what may have been taken out.
  case info(String, String, JSON? = nil)

  func message(client: Int64, id: Int64, server: String?) -> JSON {
    var members: [JSON.Member] = [
      .init("type", "complete"), .init("client", .integer(client)), .init("id", .integer(id)),
    ]
    func add(_ outcome: String, _ error: (String, String)?, _ value: JSON?) {
      members.append(.init("outcome", .string(outcome)))
      if let value { members.append(.init("value", value)) }
      guard let error else { return }
      members.append(
        .init("error", ["code": .string(error.0), "text": .string(error.1)]))
    }
    switch self {
    case .ok(let value): add("ok", nil, value)
    case .fail(let code, let text): add("fail", (code, text), nil)
    case .info(let code, let text, let value): add("info", (code, text), value)
    }
    if let server { members.append(.init("server", .string(server))) }
    return .object(members)
  }
}
