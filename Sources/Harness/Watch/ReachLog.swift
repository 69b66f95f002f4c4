import Basics
import Histories
import Linux

/// What became of tries to reach a port, in order: counts, and the stretches in which it was reached.
struct ReachLog {
  private(set) var tally: Reach.Tally
  /// The stretch that still goes on, or was the last.
  private(set) var spell: Reach.Spell?
  /// Connections this far apart are of two stretches.
  private let gap: Duration

  init(_ question: Reach.Question, by node: NodeID, every: Duration) {
    tally = Reach.Tally(question, by: node)
    gap = max(.seconds(1), every * 3)
  }

  /// Takes the end of one try; the stretch that is over with it, if any is.
  @discardableResult
  mutating func note(_ outcome: ReachTry.Outcome, at now: Instant) -> Reach.Spell? {
    switch outcome {
    case .made: return reached(at: now)
    case .refused: tally.refused += 1
    case .open: tally.silent += 1
    case .impossible: tally.unasked += 1
    }
    guard let over = spell, over.last.duration(to: now) > gap else { return nil }
    spell = nil
    return over
  }

  private mutating func reached(at now: Instant) -> Reach.Spell? {
    tally.made += 1
    if var spell, spell.last.duration(to: now) <= gap {
      spell.last = now
      spell.made += 1
      self.spell = spell
      return nil
    }
    let over = spell
    spell = Reach.Spell(tally.question, by: tally.node, first: now, last: now, made: 1)
    return over
  }
}
