import Checking
import Basics
import Histories

/// The settings that every checker of the service shares, and the frame they put a history in.
struct ServiceFrame {
  /// The ids of the faults asked about; nil for every fault that is not an action.
  let faults: [Int]?
  let functions: [String]?
  /// How many operations there must be before, during and after a fault.
  let enough: Int

  static let workload = Schema.Key(
    "workload", .text, "The workload whose operations are judged; without it, every workload.")
  static let fault = Schema.Key(
    "fault", .list(of: .integer),
    "The faults that are judged, by their numbers from 1 or their ids; without it, every fault but actions."
  )
  static let onlyFunctions = Schema.Key(
    "functions", .list(of: .text), "Only operations of these functions count; without it, all.")
  static let sufficiency = Schema.Key(
    "enough", .count(1...1_000_000_000), "Operations needed before, during and after a fault.",
    default: "10")

  /// A schema of the shared keys and a checker's own.
  static func schema(_ own: [Schema.Key]) -> Schema {
    Schema(own + [workload, fault, onlyFunctions, sufficiency])
  }

  init(_ settings: Settings) throws(SettingsError) {
    faults = try ServiceFrame.integers(settings["fault"])
    functions = settings.texts("functions")
    enough = settings.integer("enough") ?? 10
    guard enough >= 1 else { throw SettingsError("enough", "at least 1 operation is needed") }
  }

  private static func integers(_ setting: Setting?) throws(SettingsError) -> [Int]? {
    switch setting {
    case nil: return nil
    case .integer(let id)?: return [Int(id)]
    case .list(let settings)?:
      return settings.compactMap { if case .integer(let id) = $0 { Int(id) } else { nil } }
    default: throw SettingsError("fault", "name faults by number, from 1")
    }
  }

  func timeline(of history: History) -> Timeline { Timeline(history, faults: faults) }

  /// Why a history cannot be judged at all; nil when it can.
  func obstacle(_ history: History, _ traffic: Traffic) -> String? {
    if !history.hasTimes { return "The history records an order but no times." }
    if traffic.samples.isEmpty { return "No operation was made in the time that is judged." }
    if traffic.okCount == 0 {
      return "None of \(Wording.count(traffic.samples.count, "operation")) succeeded."
    }
    return nil
  }

  /// Doubts that come from the faults themselves.
  func doubtFaults(_ timeline: Timeline, _ judgement: inout Judgement) {
    for id in timeline.missing { judgement.doubt("There is no fault \(id) in the history.") }
    for fault in timeline.chosen where fault.confirmed == nil {
      let reason = fault.confirmation.isEmpty ? "" : ": \(fault.confirmation)"
      judgement.doubt("\(fault.title) was not confirmed\(reason).")
    }
  }

  /// Every doubt that comes from the faults, for a checker that looks at one part of the run.
  func doubt(_ part: Part, _ timeline: Timeline, _ traffic: Traffic, _ judgement: inout Judgement) {
    guard part != .steady else { return }
    doubtFaults(timeline, &judgement)
    doubtTraffic(timeline, traffic, &judgement, windows: part.needs)
  }

  /// Doubts that come from too few operations around a fault.
  func doubtTraffic(
    _ timeline: Timeline, _ traffic: Traffic, _ judgement: inout Judgement,
    windows wanted: Set<Around> = Set(Around.allCases)
  ) {
    for fault in timeline.chosen {
      let before = Window(timeline.judged.start, fault.injected)
      need(before, "before", .before, fault, wanted, traffic, &judgement)
      need(timeline.during(fault), "during", .during, fault, wanted, traffic, &judgement)
      if let after = timeline.after(fault) {
        need(after, "after", .after, fault, wanted, traffic, &judgement)
      }
    }
  }

  enum Around: CaseIterable { case before, during, after }

  private func need(
    _ window: Window, _ word: String, _ around: Around, _ fault: FaultMark,
    _ wanted: Set<Around>, _ traffic: Traffic, _ judgement: inout Judgement
  ) {
    guard wanted.contains(around) else { return }
    let count = traffic[window].count
    guard count < enough else { return }
    judgement.doubt(
      "Only \(Wording.count(count, "operation")) \(word) \(fault.title), \(enough) are needed.")
  }
}

/// Which part of a run a checker looks at.
enum Part: String, CaseIterable {
  case all, steady, fault, after

  static let key = Schema.Key(
    "during", .choice(Part.allCases.map(\.rawValue)),
    "The part of the run that is judged: all of it, the steady phase, while a fault is active, "
      + "or after one was healed. Default: fault where 'fault' names some, else all.")

  init(_ settings: Settings) {
    let usual = settings["fault"] == nil ? Part.all : .fault
    self = settings.text("during").flatMap(Part.init(rawValue:)) ?? usual
  }

  func windows(_ timeline: Timeline) -> [Window] {
    switch self {
    case .all: [timeline.judged]
    case .steady: [timeline.steady]
    case .fault: Window.union(timeline.faulty)
    case .after: Window.union(timeline.afterwards)
    }
  }

  /// Around each fault there must be enough operations in these.
  var needs: Set<ServiceFrame.Around> {
    switch self {
    case .all: Set(ServiceFrame.Around.allCases)
    case .steady: []
    case .fault: [.during]
    case .after: [.after]
    }
  }

  /// How a sentence names it.
  var words: String {
    switch self {
    case .all: "from the steady phase to the end"
    case .steady: "in the steady phase"
    case .fault: "while faults were active"
    case .after: "after faults were healed"
    }
  }
}

extension Window {
  /// The windows in order, merged where they overlap or touch.
  static func union(_ windows: [Window]) -> [Window] {
    var merged: [Window] = []
    for window in windows.sorted(by: { $0.start < $1.start }) {
      if let last = merged.last, window.start <= last.end {
        merged[merged.count - 1].end = max(last.end, window.end)
      } else {
        merged.append(window)
      }
    }
    return merged
  }
}
