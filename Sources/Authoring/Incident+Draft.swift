internal import Basics
public import Stacks
internal import YAML

extension Incident {
  /// What of it is an experiment.
  ///
  /// - Parameters:
  ///   - stack: the one that it names.
  ///   - traffic: the experiment whose traffic is sent.
  ///   - gaps: what becomes of the times.
  ///   - lead: when the first event happens, from the method's beginning.
  /// - Returns: the experiment, and which lines say nothing that can be done; these stand in it as comments.
  public func draft(
    on stack: ResolvedStack, traffic: ExperimentDraft.Traffic, gaps: IncidentGaps,
    lead: Duration = .seconds(2)
  ) -> (draft: ExperimentDraft, unclear: [String]) {
    var draft = ExperimentDraft(title: title, stack: self.stack, traffic: traffic)
    draft.description = description
    draft.parameters = parameters
    draft.heading = [
      "An incident, as an experiment: \(title.plainLine)", source.map { "Source: \($0.plainLine)" },
      "Made from its timeline by faultline new experiment --from; \(gaps.text).",
    ].compactMap(\.self)
    let times = gaps.moments(of: events.map(\.at)).map { $0 + lead }
    var reading = IncidentReading(words: IncidentWords(stack: stack, names: names))
    for (event, at) in zip(events, times) { reading.take(event, at: at) }
    reading.endAll(after: times.last ?? lead)
    draft.moments = reading.moments
    return (draft, reading.unclear)
  }
}

/// A timeline on its way to a method.
private struct IncidentReading {
  let words: IncidentWords
  var moments: [ExperimentDraft.Moment] = []
  var unclear: [String] = []
  /// Where in `moments` what has not ended yet is.
  private var open: [Int] = []

  init(words: IncidentWords) { self.words = words }

  mutating func take(_ event: Incident.Event, at: Duration) {
    let remark = "\(event.time) \(event.says)"
    let meaning: IncidentWords.Meaning
    switch event.step {
    case nil: meaning = words.meaning(of: event.says)
    case let step? where step.isNull: return moments.append(.init([remark], nil, for: nil))
    case let step?: meaning = step.text.map { words.meaning(of: $0) } ?? .steps([step.flowText])
    }
    switch meaning {
    case .steps(let steps): add(steps, remark, at)
    case .end(let names, let isAboutWays): end(names, isAboutWays, remark, at)
    case .unclear(let why):
      moments.append(.init([remark], nil, for: nil))
      unclear.append("\(event.mark): '\(event.says)' \(why)")
    }
  }

  /// Of what is still open nobody said when it ended.
  mutating func endAll(after last: Duration) {
    for index in open {
      guard let at = moments[index].step?.at else { continue }
      moments[index].length = last + Self.afterwards - at
      moments[index].comments.append(
        "Nothing says when that ended: it is held until everything is told.")
    }
    open = []
  }

  /// How long what did not end is held after the last event.
  private static let afterwards = Duration.seconds(30)

  private mutating func add(_ steps: [String], _ remark: String, _ at: Duration) {
    for (index, step) in steps.enumerated() {
      guard let node = try? YAMLNode.parse(text: step, file: "timeline") else { continue }
      let length = node["for"]?.text.flatMap { Duration(text: $0) }
      moments.append(.init(index == 0 ? [remark] : [], (at, node), for: length))
      if node["fault"] != nil, length == nil { open.append(moments.count - 1) }
    }
  }

  /// What began before ends now: what is about one of the names; ways; or the newest.
  private mutating func end(
    _ names: [String], _ isAboutWays: Bool, _ remark: String, _ at: Duration
  ) {
    let named = open.filter { index in
      let words = moments[index].step?.node.flowText.split {
        !$0.isLetter && !$0.isNumber && $0 != "-"
      }
      return names.contains { name in words?.contains(Substring(name)) ?? false }
    }
    let ways = open.filter { moments[$0].step?.node["between"] != nil }
    let newest = open.last.flatMap { moments[$0].step?.at }
    let last = open.filter { moments[$0].step?.at == newest }
    let ended = !named.isEmpty ? named : isAboutWays && !ways.isEmpty ? ways : last
    for index in ended {
      moments[index].length = (moments[index].step?.at).map { max(at - $0, .milliseconds(100)) }
    }
    open.removeAll { ended.contains($0) }
    moments.append(
      .init([remark + (ended.isEmpty ? "" : " (the end of what is above)")], nil, for: nil))
    if ended.isEmpty { unclear.append("'\(remark)' ends nothing that had begun") }
  }
}
