import Basics
import Checking
import Histories

extension RunRecord {
  /// What was predicted of each fault, beside what was measured.
  var predictionsSection: String {
    let rows = predictions.map { checked -> [String] in
      [
        "\(checked.fault)", escaped(title(of: checked)), escaped(checked.what),
        escaped(checked.prediction.rangeText)
          + "<br><span class=\"soft\">\(escaped(checked.prediction.source))</span>",
        escaped(checked.measuredText),
        "<span class=\"\(style(of: checked.standing))-text\">\(checked.standing.words)</span>",
      ]
    }
    return table(
      "Predicted and measured",
      ["#", "fault", "waited for", "predicted", "measured", "so it is"], rows)
  }

  private func style(of standing: CheckedPrediction.Standing) -> String {
    let verdict: Verdict =
      switch standing {
      case .inside: .valid
      case .straddling, .stalled, .notSeen: .unknown
      case .outside: .invalid
      }
    return verdict.rawValue
  }

  private func title(of checked: CheckedPrediction) -> String {
    history.faults.first { $0.id == checked.fault }?.summary ?? ""
  }
}
