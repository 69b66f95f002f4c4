import ServiceGround

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
