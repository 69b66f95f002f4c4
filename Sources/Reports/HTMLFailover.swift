import Basics
import Checking
import Histories

extension RunRecord {
  /// Failover broken into its parts, a row of them for each fault, from `failover-time`.
  var failoverSection: String {
    let measured = judgements.filter { $0.finding.checker == "failover-time" }
    let blocks = measured.flatMap { judgement -> [String] in
      guard case .array(let faults)? = judgement.finding.figures["faults"] else { return [] }
      return faults.map { failover($0, judgement) }
    }
    guard !blocks.isEmpty else { return "" }
    return "<h2>Failover, from the injection on</h2>" + blocks.joined(separator: "\n")
  }

  private static let parts = [
    ("first-bad", "first bad"), ("detection", "detection"), ("takeover", "takeover"),
    ("first-good", "first good"), ("sustained-good", "good for good"),
  ]

  private func failover(_ figures: JSON, _ judgement: Judgement) -> String {
    let id = figures["fault"].flatMap { if case .integer(let id) = $0 { Int(id) } else { nil } }
    let fault = history.faults.first { $0.id == id }
    let title = [fault.map { "\($0.id). \($0.summary)" }, judgement.workload]
      .compactMap { $0 }.joined(separator: " · ")
    let cards = Self.parts.map { key, name -> String in
      let bound = figures["bounds"]?[key].map { ", at most \(milliseconds($0))" } ?? ""
      return "<div class=\"part\"><b>\(milliseconds(figures[key]))</b>"
        + "<span>\(name)\(bound)</span></div>"
    }
    let predicted = figures["predicted"]?["because"].flatMap { because in
      if case .string(let text) = because { "<p class=\"soft\">\(escaped(text))</p>" } else { nil }
    }
    return "<h3>\(escaped(title))</h3><div class=\"parts\">\(cards.joined())</div>"
      + (predicted ?? "")
  }

  private func milliseconds(_ value: JSON?) -> String {
    switch value {
    case .number(let ms)?: Duration.nanoseconds(Int64(saturating: ms * 1e6)).brief
    case .integer(let ms)?: Duration.milliseconds(ms).brief
    default: "–"
    }
  }
}
