public import Basics
import Checking
import Experiments
public import Histories
import Reports

extension Judge.Opinion {
  /// For machines: what `check DIR --json` prints.
  public func json(_ history: History) -> JSON {
    [
      "verdict": .string(expectation.verdict.rawValue),
      "expectation": .string(expectation.sentence),
      "invariants": .array(judgements.map { $0.json(in: history) }),
    ]
  }
}
