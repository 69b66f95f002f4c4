import Basics
import ServiceGround
import Synchronization

/// Carries audit events from the store to the platform's database, where they and the policies' marks are kept.
///
/// An event lies in the store until the database has it. It is delivered at least once, by whichever instance comes
/// first, under an id of its own, so it is there once.
final class AuditPost: Sendable {
  /// From one look to the next, where nobody says that there is something.
  private static let pause = Duration.milliseconds(250)
  private static let patience = Duration.milliseconds(1500)
  private static let most = 60

  private let store: KeyValues
  private let documents: ServiceCall.Place
  private let waiting = Semaphore(0)

  init(store: KeyValues, documents: ServiceCall.Place) {
    self.store = store
    self.documents = documents
  }

  /// There is something to deliver.
  func wake() { waiting.signal() }

  /// Delivers for ever.
  func run() -> Never {
    var isWell = true
    while true {
      do throws(ServiceRefusal) {
        while try deliver(until: .after(Self.patience)) {}
        if !isWell { ServiceLog.write("audit events are delivered again") }
        isWell = true
      } catch {
        if isWell { ServiceLog.write("audit events wait: \(error.reason)") }
        isWell = false
      }
      _ = waiting.wait(until: .after(Self.pause))
    }
  }

  /// Whether there may be more.
  private func deliver(until deadline: Deadline) throws(ServiceRefusal) -> Bool {
    let pairs = try store.read(prefixes: [PolicyKeys.events], until: deadline)[0].prefix(Self.most)
    guard !pairs.isEmpty else { return false }
    let events = pairs.compactMap { try? JSON(reading: $0.value) }
    try post(events, to: "audit", until: deadline)
    try post(events.map(Self.metadata), to: "policies", until: deadline)
    try store.remove(pairs.map(\.key), until: deadline)
    return pairs.count == Self.most
  }

  /// Posts one event at once and under an id that no other has; only of the wrong way to do it.
  func postDirectly(_ event: AuditEvent, until deadline: Deadline) throws(ServiceRefusal) {
    try post([event.json], to: "audit", until: deadline)
  }

  private static func metadata(_ event: JSON) -> JSON {
    [
      "id": event["project"] ?? .null, "version": event["version"] ?? .null,
      "by": event["by"] ?? .null, "at": event["at"] ?? .null,
    ]
  }

  private func post(
    _ documents: [JSON], to collection: String, until deadline: Deadline
  ) throws(ServiceRefusal) {
    let call = ServiceCall("POST", "/\(collection)", body: JSON.array(documents).text())
    do throws(LineError) {
      let answer = try call.ask(self.documents, until: deadline)
      guard answer.status != 200 else { return }
      throw LineError.broken("it answers \(answer.status)")
    } catch {
      throw .unavailable("the platform's database: \(error)")
    }
  }

  /// The events whose ids begin like this, as the database has them.
  func events(_ prefix: String, until deadline: Deadline) throws(ServiceRefusal) -> String {
    let path = "/audit?prefix=\(LineText.encoded(prefix))"
    do throws(LineError) {
      let answer = try ServiceCall("GET", path).ask(documents, until: deadline)
      guard answer.status == 200 else { throw LineError.broken("it answers \(answer.status)") }
      return answer.body
    } catch {
      throw .unavailable("the platform's database: \(error)")
    }
  }
}
