public import Checking
public import Basics
public import Histories

/// Some time after a fault is healed, an address is back at the node that held it before.
///
/// The time counts from the moment the healing was seen to have worked; where that was not
/// recorded, from the moment it began. At the end of the time that node must be the only owner.
public struct AddressReturns: Checker {
  public static let name = "address-returns"
  public static let summary = "After a heal the address is back at the node that held it before."
  public static let schema = Schema([
    .init("address", .text, "The address; without it, every address that was observed."),
    .init("within", .duration, "The time after the heal until it must be so.", default: "10s"),
    .init("to", .text, "The node that must hold it; without it, the owner before the fault."),
    ServiceFrame.workload,
    ServiceFrame.fault,
  ])

  let frame: ServiceFrame
  let address: String?
  let within: Duration
  let home: NodeID?

  public var feed: Feed { .observations }

  public var lookAfterHeal: Duration? { within }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    address = settings.text("address")
    within = settings.duration("within") ?? .seconds(10)
    home = settings.text("to").map { NodeID($0) }
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    guard history.hasTimes else {
      return Self.nothingToJudge("The history records an order but no times.")
    }
    let addresses = address.map { [$0] } ?? Ownership.addresses(history.observations)
    guard !addresses.isEmpty else {
      return Self.nothingToJudge("Nobody was seen to own any address.")
    }
    let timeline = frame.timeline(of: history)
    guard timeline.chosen.contains(where: { $0.healed != nil }) else {
      return Self.nothingToJudge("No fault was healed.")
    }
    var judgement = Judgement()
    frame.doubtFaults(timeline, &judgement)
    var returns: [Return] = []
    for address in addresses {
      let ownership = Ownership(
        address, history.observations, claimWindow: .seconds(3), end: history.end)
      for fault in timeline.chosen {
        judge(ownership, fault, timeline, history.end, &judgement).map { returns.append($0) }
      }
    }
    return judgement.finding(
      of: Self.self, held: returns.map(\.sentence).joined(separator: "; "),
      operations: returns.count, figures: [.init("returns", .array(returns.map(\.json)))])
  }

  private struct Return {
    let sentence: String
    let json: JSON
  }

  private func judge(
    _ ownership: Ownership, _ fault: FaultMark, _ timeline: Timeline, _ end: Instant,
    _ judgement: inout Judgement
  ) -> Return? {
    let before = ownership.owners(at: fault.injected)
    guard let home = home ?? (before.count == 1 ? before[0] : nil) else {
      let held = before.isEmpty ? "nobody" : before.map(\.text).joined(separator: " and ")
      judgement.doubt("\(ownership.address) was held by \(held) when \(fault.title) was injected.")
      return nil
    }
    guard let healed = fault.over else {
      judgement.doubt("\(fault.title) was not healed.")
      return nil
    }
    let deadline = healed.advanced(by: within)
    let last = min(deadline, end, timeline.after(fault)?.end ?? end)
    let arrival = arrival(of: ownership, at: home, from: healed, until: last)
    let took = arrival.map { healed.duration(to: $0) }
    if arrival == nil {
      refuse(ownership, home, fault, at: last, isWholeTime: last == deadline, &judgement)
    }
    let words = took.map { Wording.milliseconds($0) } ?? "never"
    return Return(
      sentence:
        "\(ownership.address) was back at \(home) \(words) after the heal of \(fault.title)",
      json: [
        "fault": .integer(fault.id), "address": .string(ownership.address),
        "to": .string(home.text), "after": .optional(took) { .milliseconds($0) },
      ])
  }

  /// When the address came home for good, as far as the time watched goes; nil when it was not
  /// there alone at its end.
  private func arrival(
    of ownership: Ownership, at home: NodeID, from start: Instant, until end: Instant
  ) -> Instant? {
    let moments = [start] + ownership.changes(after: start, until: end)
    var arrived: Instant?
    for moment in moments {
      let isHome = ownership.owners(at: moment) == [home]
      arrived = isHome ? arrived ?? moment : nil
    }
    return arrived
  }

  private func refuse(
    _ ownership: Ownership, _ home: NodeID, _ fault: FaultMark, at moment: Instant,
    isWholeTime: Bool, _ judgement: inout Judgement
  ) {
    let owners = ownership.owners(at: moment)
    let held = owners.isEmpty ? "nobody" : owners.map(\.text).joined(separator: " and ")
    if isWholeTime {
      judgement.violated(
        "not returned",
        "\(Wording.milliseconds(within)) after the heal of \(fault.title) \(ownership.address) "
          + "was held by \(held), not by \(home)",
        during: moment...moment)
    } else {
      judgement.doubt(
        "The run went on for less than \(Wording.milliseconds(within)) after the heal of "
          + "\(fault.title); \(ownership.address) was held by \(held), not by \(home).")
    }
  }
}
