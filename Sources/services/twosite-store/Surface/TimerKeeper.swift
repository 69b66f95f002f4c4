import Basics
import ServiceGround

/// Looks again and again which timers are due and, where this replica leads, fires them by a command.
final class TimerKeeper {
  private let store: Store
  private var lastTerm: UInt64?

  init(_ store: Store) { self.store = store }

  /// For ever.
  func keep() -> Never {
    while true {
      look()
      Clock.pause(microseconds: 10_000)
    }
  }

  /// Looks once, and brings the store's clock up to what was applied.
  func look() {
    let call = Call(
      verb: .fired, name: "", value: .null, isLocal: true, deadline: .after(.seconds(1)))
    guard case .done(let agenda) = store.ask(.agenda(time: store.clock.now), call),
      let parts = agenda.elements, parts.count == 2, let time = parts[0].number
    else { return }
    let status = store.status
    guard status.role == .leader else {
      store.clock.follow(UInt64(clamping: time))
      return lastTerm = nil
    }
    store.clock.lead(from: UInt64(clamping: time))
    if store.membership.has(.timerTwice), lastTerm != status.term { fireAgain(call) }
    lastTerm = status.term
    let due = (parts[1].elements ?? []).compactMap(\.elements).filter(isOurs).compactMap(\.first)
    if !due.isEmpty { _ = store.submit(.fire(due), call) }
  }

  private func isOurs(_ timer: [Datum]) -> Bool {
    !store.membership.has(.timerNeverAfterSiteLost)
      || timer.last == .text(store.membership.own.site)
  }

  /// A new leader that does not believe that its predecessor has done what it did last.
  private func fireAgain(_ call: Call) {
    let since = store.clock.now
    guard case .done(let fired) = store.ask(.firedSince(since - min(since, 2000)), call),
      let ids = fired.elements, !ids.isEmpty
    else { return }
    _ = store.submit(.fire(ids), call, [.timerTwice])
  }
}
