import Basics

/// What states things were in, and when: a lane for each, as its segments close.
struct StateLanes {
  /// How many closed segments of a lane are kept, the newest.
  static let segmentLimit = 100
  /// What has no lane of its own by then gets none.
  static let laneLimit = 120

  struct Lane {
    let subject: String
    let node: String
    var closed: [(from: Instant, to: Instant, state: String)] = []
    var open: (since: Instant, state: String)?
    /// Whether it was ever in another state than its first.
    var hasChanged = false
  }

  /// In order of subject and node.
  private(set) var lanes: [Lane] = []

  /// A thing is in a state from a moment on; nil: in none that is shown.
  ///
  /// - Returns: whether that is news.
  mutating func take(_ subject: String, _ node: String, _ state: String?, at time: Instant) -> Bool
  {
    guard let place = place(subject, node, isKnown: state != nil) else { return false }
    let open = lanes[place].open
    guard open?.state != state else { return false }
    if let open {
      lanes[place].hasChanged = true
      lanes[place].closed.append((open.since, max(open.since, time), open.state))
      let surplus = lanes[place].closed.count - Self.segmentLimit
      if surplus > 0 { lanes[place].closed.removeFirst(surplus) }
    }
    lanes[place].open = state.map { (time, $0) }
    return true
  }

  private mutating func place(_ subject: String, _ node: String, isKnown: Bool) -> Int? {
    if let place = lanes.firstIndex(where: { $0.subject == subject && $0.node == node }) {
      return place
    }
    guard isKnown, lanes.count < Self.laneLimit else { return nil }
    let place =
      lanes.firstIndex { ($0.subject, $0.node) > (subject, node) } ?? lanes.endIndex
    lanes.insert(Lane(subject: subject, node: node), at: place)
    return place
  }
}

extension StateLanes.Lane {
  /// Its segments; the one that goes on has no end.
  func segments(_ text: (String) -> String = { $0 }) -> JSON {
    func moment(_ instant: Instant) -> JSON {
      .milliseconds(Instant.start.duration(to: instant))
    }
    let ended = closed.map { one -> JSON in
      ["from": moment(one.from), "to": moment(one.to), "text": .string(text(one.state))]
    }
    let last = open.map { one -> JSON in
      ["from": moment(one.since), "to": .null, "text": .string(text(one.state))]
    }
    return .array(ended + (last.map { [$0] } ?? []))
  }
}
