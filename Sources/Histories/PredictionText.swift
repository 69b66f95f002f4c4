internal import Basics

/// How files spell a prediction in one text:
/// `role:etcd 500000000 1050000000 etcd-a etcd-a/etcd`; what is waited for, the least and the most
/// in nanoseconds (`-` where nothing is promised), and who must have been struck.
enum PredictionText {
  static func text(of prediction: Prediction) -> String {
    let most = prediction.most.map { "\($0.nanoseconds)" } ?? "-"
    let places =
      prediction.struckNodes.map(\.text) + prediction.struckInstances.map(\.description)
    return ([word(prediction.subject), "\(prediction.least.nanoseconds)", most] + places)
      .joined(separator: " ")
  }

  /// The prediction that a text spells; nil where it spells none.
  static func prediction(
    _ text: String, of instance: InstanceID, source: String
  ) -> Prediction? {
    let words = text.split(separator: " ")
    guard words.count >= 3, let subject = subject(words[0]), let least = duration(words[1]) else {
      return nil
    }
    let most = duration(words[2])
    guard most != nil || words[2] == "-", most ?? least >= least else { return nil }
    let targets = words[3...].map { FaultMark.Target(text: String($0)) }
    return Prediction(
      of: instance, subject,
      struckNodes: targets.compactMap { if case .node(let node) = $0 { node } else { nil } },
      struckInstances: targets.compactMap {
        if case .instance(let instance) = $0 { instance } else { nil }
      }, least: least, most: most, source: source)
  }

  private static func word(_ subject: Prediction.Subject) -> String {
    switch subject {
    case .role(let component): "role:\(component)"
    case .address: "address"
    case .probe(let name): "probe:\(name)"
    }
  }

  private static func subject(_ word: Substring) -> Prediction.Subject? {
    if word == "address" { return .address }
    let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "role": return .role(of: parts[1])
    case "probe": return .probe(parts[1])
    default: return nil
    }
  }

  private static func duration(_ text: Substring) -> Duration? {
    Int64(text).flatMap { (0...Int64.max / 4).contains($0) ? .nanoseconds($0) : nil }
  }
}
