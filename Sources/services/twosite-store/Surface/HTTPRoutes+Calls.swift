import Basics
import ServiceGround

extension HTTPRoutes {
  /// What stands first in a path, with the method and what stands last, to what is asked.
  private static let verbs: [String: StoreVerb] = [
    "GET registers": .read, "PUT registers": .write, "POST registers": .write,
    "POST registers cas": .cas,
    "POST transactions": .txn,
    "GET sets": .elements, "POST sets": .add,
    "GET counters": .counter, "POST counters": .increase,
    "GET banks": .balances, "PUT banks": .open, "POST banks transfer": .transfer,
    "POST queues": .enqueue, "POST queues take": .take, "POST queues acknowledge": .acknowledge,
    "POST locks acquire": .acquire, "POST locks release": .release,
    "POST timers": .set, "GET timers fired": .fired,
    "POST sequences": .next, "POST ids": .id,
  ]

  /// Nil where there is no such place.
  static func call(
    _ request: ServerRequest, deadline: Deadline
  ) throws(CallError) -> Call? {
    var parts = request.path.split(separator: "/")[...]
    let isLocal = parts.first == "local"
    if isLocal { parts.removeFirst() }
    guard let object = parts.popFirst() else { return nil }
    let place = "\(request.method) \(object)"
    let last = parts.last.flatMap { verbs["\(place) \($0)"] }
    if last != nil { parts.removeLast() }
    guard let verb = last ?? verbs[place] else { return nil }
    return Call(
      verb: verb, name: parts.joined(separator: "/"), value: try value(request, of: verb),
      isLocal: isLocal, deadline: deadline)
  }

  /// The body, or what it has as `value`; null where it is empty.
  private static func value(
    _ request: ServerRequest, of verb: StoreVerb
  ) throws(CallError) -> JSON {
    if request.body.isEmpty || verb.isRead { return .null }
    do throws(JSON.ReadingError) {
      let body = try JSON(reading: String(decoding: request.body, as: UTF8.self))
      return body["value"] ?? body
    } catch {
      throw CallError("the body must be JSON: \(error.message), byte \(error.offset)")
    }
  }
}
