/// What replicas without a leader say to each other.
enum KeyedMessage: Sendable, Equatable {
  case nothing
}
