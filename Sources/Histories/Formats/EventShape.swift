/// Whether a file has an invocation for each of its completions, or none at all, as in examples of
/// Elle: then each completion is taken for an operation that happened at once.
///
/// The first client event tells. A file with some invocations has lost others, and to place those
/// operations would be to invent their intervals.
struct EventShape: Sendable {
  private var hasInvocations: Bool?
  private var completions = 0

  /// Takes the kind of the next event; true for a completion that stands for itself.
  mutating func isInstantaneous(_ kind: Event.Kind, at start: Int) throws(ParseStop) -> Bool {
    switch hasInvocations {
    case nil: hasInvocations = kind == .invoke
    case false? where kind == .invoke:
      throw .wrong(
        at: start, "an invocation behind completions that have none: either all have one or none")
    default: break
    }
    guard hasInvocations == false else { return false }
    completions += 1
    return true
  }

  /// What was taken for granted; nil when nothing was.
  var note: String? {
    guard completions > 0 else { return nil }
    return "no event is an invocation: every completion (\(completions)) is taken to have happened "
      + "at once, in the order of the file"
  }
}

extension Event {
  /// What a completion without one was invoked with: all that is known of it.
  var invocation: Event {
    var event = self
    event.kind = .invoke
    event.error = .none
    return event
  }
}
