/// What became of a fault at a moment: one line of the run's journal.
public struct FaultChange: Hashable, Sendable {
  /// The steps in the life of a fault; the raw values are the words of the files.
  public enum Phase: String, Hashable, Sendable {
    /// About to be injected; written before the act.
    case injecting
    case injected
    /// Seen to have taken effect.
    case confirmed
    /// No longer true at the moment of healing, though it was confirmed before.
    case refuted
    /// About to be healed; written before the act.
    case healing
    case healed
    /// Seen to have been healed.
    case healConfirmed
    /// Could not be injected, looked at, or healed.
    case failed

    /// For a person, as the end of a sentence about the fault.
    public var words: String {
      switch self {
      case .injecting: "about to be injected"
      case .healing: "about to be healed"
      case .healConfirmed: "seen to be healed"
      case .injected, .confirmed, .refuted, .healed, .failed: rawValue
      }
    }
  }

  /// The step that the fault has come to.
  public var phase: Phase
  /// The fault as it is known at this moment.
  public var mark: FaultMark
  /// What failed, or how something is known; may be empty.
  public var note: String

  /// A step of the fault, whose mark is up to date with it.
  public init(_ phase: Phase, _ mark: FaultMark, note: String = "") {
    self.phase = phase
    self.mark = mark
    self.note = note
  }
}
