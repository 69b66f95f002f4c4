public import Basics
public import Checking

extension FaultMatrix {
  /// One run of a component under a fault.
  public struct Trial: Sendable {
    /// Its folder; empty where it left none.
    public let folder: String
    /// What the run came to; unknown where the fault was not seen to take effect, whatever else.
    public let verdict: Verdict
    /// Why nothing is claimed; empty where something is.
    public let reason: String
    /// The harness itself could not carry it out.
    public let isBroken: Bool
    /// Whom the fault struck.
    public let targets: [String]
    /// From the injection to the first sign that anybody noticed, in milliseconds; nil: none was seen.
    public let detection: Double?
    /// To the last takeover of an address or a role; nil: none was seen.
    public let takeover: Double?
    /// To the first good answer after a bad one, of the workload that waited longest; 0 without a bad answer.
    public let firstGood: Double?
    /// To the first good answer after the last bad one; 0 without a bad answer, nil where that never came.
    public let sustainedGood: Double?
    /// Answers were good again for good only once the fault was healed: nobody took over in time.
    public let isCuredByHeal: Bool
    /// Acknowledged writes that were gone in the end, all workloads together; nil where nobody counted them.
    public let lost: Int?
    /// Who noticed, in order of time, as the observers saw them change.
    public let noticed: [String]
    /// The invariants that were violated.
    public let violated: [String]

    /// Whether its figures are claims.
    public var isMeasured: Bool { verdict != .unknown }

    /// What it makes of the whole.
    var exit: ExitCode {
      if isBroken { return .harness }
      return switch verdict {
      case .valid: .valid
      case .invalid: .invalid
      case .unknown: .unknown
      }
    }
  }
}

extension FaultMatrix.Trial {
  /// A run that left no result.
  public init(trouble: String, isBroken: Bool) {
    verdict = .unknown
    reason = trouble
    self.isBroken = isBroken
    (folder, targets, noticed, violated, isCuredByHeal) = ("", [], [], [], false)
    (detection, takeover, firstGood, sustainedGood, lost) = (nil, nil, nil, nil, nil)
  }

  /// What a run's `result.json` says; nil for what is none.
  public init?(reading document: JSON, folder: String) {
    guard let run = RunSeries.Run(reading: document, number: 1, folder: folder),
      let exit = ExitCode(rawValue: run.exitCode)
    else { return nil }
    let fault = document["faults"]?.elements.first
    let isSeen = fault?["outcome"]?.text == "confirmed"
    let invariants = document["invariants"]?.elements ?? []
    self.folder = run.folder
    isBroken = [.harness, .usage].contains(exit)
    targets = (fault?["targets"]?.elements ?? []).compactMap(\.text)
    violated = invariants.filter {
      $0["verdict"]?.text == "invalid" && $0["expectedToFail"] != .bool(true)
    }.compactMap { $0["name"]?.text }
    switch exit {
    case .valid where isSeen: (verdict, reason) = (.valid, "")
    case .invalid where isSeen: (verdict, reason) = (.invalid, "")
    case .invalid:
      // A violation stays one, but of what it was is not known.
      (verdict, reason) = (.invalid, "the fault was not seen to take effect")
    default:
      let known = fault?["confirmation"]?.text ?? ""
      let unseen = "the fault was not seen to take effect" + (known.isEmpty ? "" : ": " + known)
      verdict = .unknown
      reason = fault == nil || isSeen ? run.remark : unseen
    }
    let failovers = invariants.flatMap { $0["figures"]?["faults"]?.elements ?? [] }
      .filter { $0["windows"] != nil }
    func figures(_ name: String) -> [Double] { failovers.compactMap { $0[name]?.number } }
    let seen = failovers.flatMap { $0["noticed"]?.elements ?? [] }
      .compactMap { item in item["at"]?.number.map { (at: $0, who: item["who"]?.text ?? "") } }
      .sorted { ($0.at, $0.who) < ($1.at, $1.who) }
    noticed = seen.map(\.who).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    detection = (figures("detection") + seen.map(\.at)).min()
    takeover = figures("takeover").max()
    firstGood = Self.longest("first-good", failovers)
    sustainedGood = Self.longest("sustained-good", failovers)
    isCuredByHeal = failovers.contains { $0["curedByHeal"] == .bool(true) }
    lost = Self.lost(invariants)
  }

  /// Of all workloads the longest wait; nil where one never ended, or none was measured.
  private static func longest(_ part: String, _ failovers: [JSON]) -> Double? {
    guard !failovers.isEmpty else { return nil }
    var longest = 0.0
    for failover in failovers where !(failover["windows"]?.elements ?? []).isEmpty {
      guard let part = failover[part]?.number else { return nil }
      longest = max(longest, part)
    }
    return longest
  }

  /// Acknowledged writes that are gone, each workload's once; nil where one that counts them knows nothing, or none
  /// counts them.
  private static func lost(_ invariants: [JSON]) -> Int? {
    var counts: [String: Int] = [:]
    for invariant in invariants {
      guard let count = invariant["figures"]?["lostCount"]?.number.flatMap({ Int(exactly: $0) })
      else { continue }
      guard invariant["verdict"]?.text != "unknown" else { return nil }
      let workload = invariant["workload"]?.text ?? ""
      counts[workload] = max(counts[workload] ?? 0, count)
    }
    return counts.isEmpty ? nil : counts.values.reduce(0, +)
  }
}
