import Basics
import Histories

/// What a picture of the stack shows over a whole run: for each subject what changed when. A script only picks.
///
/// However often something changes, it has at most `changeLimit` entries, so a report stays small.
struct PictureTracks {
  static let changeLimit = 400

  /// What was known of a subject from a moment on; nil: nothing.
  struct Change: Hashable {
    let time: Instant
    let value: JSON?
  }

  private(set) var changes: [PictureState.Subject: [Change]] = [:]
  private let end: Instant

  init(_ history: History, stack: StackPicture) {
    end = history.end
    var state = PictureState(of: stack)
    for seen in Self.facts(of: history) {
      guard let subject = state.change(by: seen.fact) else { continue }
      let value = state.json(of: subject)
      guard value != changes[subject]?.last?.value else { continue }
      changes[subject, default: []].append(Change(time: seen.time, value: value))
    }
    for (subject, all) in changes where all.count > Self.changeLimit {
      changes[subject] = Self.thinned(all)
    }
  }

  /// What was seen, and what became of each fault, in order of time.
  private static func facts(of history: History) -> [Observation] {
    let marks = history.faults.flatMap { mark -> [Observation] in
      var changes: [(Instant?, FaultChange.Phase)] = [
        (mark.injected, .injecting), (mark.confirmed, .confirmed), (mark.healed, .healed),
        (mark.healConfirmed, .healConfirmed),
      ]
      let isOver = mark.confirmed == nil && (mark.isAction || mark.targets.isEmpty)
      if isOver { changes.append((mark.injected, .failed)) }
      return changes.compactMap { time, phase in
        guard let time else { return nil }
        // A mark is of the end; at a moment it says what was known then.
        var known = mark
        if let confirmed = mark.confirmed, confirmed > time { known.confirmed = nil }
        return Observation(time: time, .fault(FaultChange(phase, known)))
      }
    }
    let all = (history.observations + marks).enumerated()
    return all.sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element)
  }

  /// The last change of each stretch of the same length.
  private static func thinned(_ all: [Change]) -> [Change] {
    guard let first = all.first?.time, let last = all.last?.time, first < last else { return all }
    let stretch = max(1, first.duration(to: last).nanoseconds / Int64(changeLimit - 1))
    var kept: [Change] = []
    var newest: Int64 = -1
    for change in all {
      let bin = first.duration(to: change.time).nanoseconds / stretch
      if bin == newest { kept.removeLast() }
      kept.append(change)
      newest = bin
    }
    return kept
  }

  /// Each subject's changes, its milliseconds from the start before each; null: nothing known.
  var json: JSON {
    var sections: [String: [(String, JSON)]] = [:]
    for (subject, changes) in changes {
      let (section, name) = subject.place
      let track = JSON.array(
        changes.map {
          [.milliseconds(Instant.start.duration(to: $0.time)), $0.value ?? .null]
        })
      sections[section, default: []].append((name, track))
    }
    return .object(
      ["owners", "roles", "processes", "off", "faults"].map { section in
        let sorted = (sections[section] ?? []).sorted { $0.0 < $1.0 }
        return .init(section, .object(sorted.map { .init($0.0, $0.1) }))
      })
  }
}

extension PictureState.Subject {
  /// Where a state's JSON has it, and under which name.
  fileprivate var place: (section: String, name: String) {
    switch self {
    case .address(let name): ("owners", name)
    case .role(let id): ("roles", id.description)
    case .process(let id): ("processes", id.description)
    case .power(let node): ("off", node.text)
    case .fault(let id): ("faults", "\(id)")
    }
  }
}
