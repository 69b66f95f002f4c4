/// Where `POST /ids` takes its IDs from.
enum IDSource: Sendable {
  case sequence
  case uuidv7(UUIDv7)
  case snowflake(Snowflake)

  /// True when an ID can be issued while no database answers.
  var isLocal: Bool {
    if case .sequence = self { false } else { true }
  }
}

/// Why a local generator refused; nothing was issued.
enum IDError: Error, Equatable {
  case clockBeforeEpoch
  case clockWentBack(milliseconds: UInt64)
  case clockStandsStill

  var reason: String {
    switch self {
    case .clockBeforeEpoch: "the clock stands before the epoch"
    case .clockWentBack(let behind): "the clock went back by \(behind) ms"
    case .clockStandsStill: "the sequence is used up and the clock stands still"
    }
  }
}
