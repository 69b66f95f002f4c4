internal import Basics

/// A fact as files store it: five texts. The one place that knows both spellings. Faults have a
/// table of their own, so a fault's change is here only a line to read.
package struct FactColumns: Hashable, Sendable {
  /// The word for the sort of fact: `owner`, `role`, `process`; not always its case's name.
  package var kind: String
  /// What it is about, by its kind: a component, a floating address, a workload, a phase; may be
  /// empty.
  package var subject: String
  /// The node it is about; `from->to`, two sites, for a counter; empty where it is about none.
  package var node: String
  /// What was seen; a duration as whole nanoseconds (a stall: its length, then how much of it
  /// some task waited for a processor); empty for a phase.
  package var value: String
  /// How it is known: `harness`, `arp`, `supervisor`; for what a probe read, the probe's name.
  package var source: String

  /// The columns as a file has them; whether they make a fact, `fact` tells.
  package init(kind: String, subject: String, node: String, value: String, source: String) {
    self.kind = kind
    self.subject = subject
    self.node = node
    self.value = value
    self.source = source
  }

  private init(
    _ kind: String, _ subject: String = "", node: String = "", _ value: String = "",
    from source: String
  ) {
    self.init(kind: kind, subject: subject, node: node, value: value, source: source)
  }

  private init(_ kind: String, _ id: InstanceID, _ value: String, from source: String) {
    self.init(kind, id.component, node: id.node.text, value, from: source)
  }

  /// How files write this fact.
  package init(_ fact: Fact) {
    switch fact {
    case .phase(let phase): self.init("phase", phase.rawValue, from: "harness")
    case .address(let name, let node, let isHeld):
      self.init(
        "owner", name, node: node.text, isHeld ? "held" : "released", from: "address-list")
    case .claim(let name, let node, let means):
      self.init("owner", name, node: node.text, "held", from: means.rawValue)
    case .role(let id, .answer(let role)): self.init("role", id, role, from: "role-query")
    case .role(let id, .silence(let why)): self.init("role-silent", id, why, from: "role-query")
    case .probe(let name, let id, .answer(let number)):
      self.init("probe", id, "\(number)", from: name)
    case .probe(let name, let id, .silence(let why)): self.init("probe-silent", id, why, from: name)
    case .process(let id, let state): self.init("process", id, state.text, from: "supervisor")
    case .power(let node, let isOn):
      self.init("power", node: node.text, isOn ? "on" : "off", from: "harness")
    case .counter(let name, let from, let to, let count):
      self.init("counter", name, node: "\(from)->\(to)", "\(count)", from: "fabric")
    case .stall(let stall):
      let parts = [stall.length, stall.processorWait].compactMap { $0.map { "\($0.nanoseconds)" } }
      self.init("stall", stall.place, parts.joined(separator: " "), from: "harness")
    case .workload(let workload):
      self.init("workload", workload.name, "\(workload.timeout.nanoseconds)", from: "harness")
    case .leadership(let component, let words):
      self.init("leadership", component, words.joined(separator: " "), from: "harness")
    case .prediction(let prediction):
      self.init(
        "prediction", prediction.instance, PredictionText.text(of: prediction),
        from: prediction.source)
    case .fault(let change):
      self.init("fault", "\(change.mark.id)", change.phase.rawValue, from: "nemesis")
    case .heldUp(let step, let length):
      self.init("held-up", "\(step)", "\(length.nanoseconds)", from: "nemesis")
    case .abortion(let why): self.init("abortion", "", why, from: "nemesis")
    case .overheard(let heard):
      self.init(
        "overheard", heard.word.text, node: heard.first,
        "\(heard.word.port) \(heard.times) \(heard.packets)", from: "fabric")
    case .line(let heard): self.init(heard)
    case .inClear(let heard): self.init(heard)
    case .reach(let tally): self.init(tally)
    case .reached(let spell): self.init(spell)
    case .logged(let look):
      self.init(
        "logged", look.instance, "\(look.times) \(look.line) \(look.isWhole ? "whole" : "cut")",
        from: look.secret)
    case .shortfall(let sentence): self.init("shortfall", "", sentence, from: "harness")
    case .note(let about, let sentence): self.init("note", about, sentence, from: "harness")
    }
  }

  /// The fact; nil when the columns make none.
  package var fact: Fact? {
    let id = InstanceID(node: NodeID(node), component: subject)
    switch kind {
    case "phase": return Fact.Phase(rawValue: subject).map { .phase($0) }
    case "owner": return owner
    case "role": return .role(id, .answer(value))
    case "role-silent": return .role(id, .silence(value))
    case "probe": return Double(value).map { .probe(source, of: id, .answer($0)) }
    case "probe-silent": return .probe(source, of: id, .silence(value))
    case "process": return .process(id, FactColumns.state(value))
    case "power": return .power(NodeID(node), isOn: value == "on")
    case "counter": return counter
    case "stall": return stall
    case "workload": return duration.map { .workload(.init(name: subject, timeout: $0)) }
    case "leadership":
      return .leadership(component: subject, words: value.split(separator: " ").map(String.init))
    case "prediction":
      return PredictionText.prediction(value, of: id, source: source)
        .map { .prediction($0) }
    case "held-up":
      guard let step = Int(subject), let length = duration else { return nil }
      return .heldUp(step: step, length)
    case "abortion": return .abortion(value)
    case "overheard": return overheard
    case "line", "in-clear", "reach", "reached": return networkFact
    case "logged": return logged(id)
    case "shortfall": return .shortfall(value)
    case "note": return .note(about: subject, value)
    default: return nil
    }
  }

  private var owner: Fact? {
    let isRelease = value == "released"
    guard isRelease || value == "held" else { return nil }
    if let means = Fact.ClaimMeans(rawValue: source) {
      return isRelease ? nil : .claim(subject, by: NodeID(node), means)
    }
    return .address(subject, on: NodeID(node), isHeld: !isRelease)
  }

  private var overheard: Fact? {
    let parts = value.split(separator: " ")
    guard parts.count == 3, let port = UInt16(parts[0]), let times = Int(parts[1]),
      let packets = Int(parts[2])
    else { return nil }
    return .overheard(
      Overheard(.init(text: subject, port: port), times: times, packets: packets, first: node))
  }

  private func logged(_ id: InstanceID) -> Fact? {
    let parts = value.split(separator: " ")
    guard parts.count == 3, let times = Int(parts[0]), let line = Int(parts[1]),
      ["whole", "cut"].contains(parts[2])
    else { return nil }
    return .logged(
      Logged(id, secret: source, times: times, line: line, isWhole: parts[2] == "whole"))
  }

  private var counter: Fact? {
    guard let count = Int64(value), let arrow = node.firstRange(of: "->") else { return nil }
    return .counter(
      subject, from: String(node[..<arrow.lowerBound]), to: String(node[arrow.upperBound...]),
      count)
  }

  private var stall: Fact? {
    let parts = value.split(separator: " ").map(FactColumns.duration)
    guard let length = parts.first ?? nil, parts.count <= 2 else { return nil }
    return .stall(
      .init(place: subject, length: length, processorWait: parts.count == 2 ? parts[1] : nil))
  }

  private var duration: Duration? { FactColumns.duration(value[...]) }

  private static func duration(_ text: Substring) -> Duration? {
    Int64(text).flatMap { (0...Int64.max / 4).contains($0) ? .nanoseconds($0) : nil }
  }

  private static func state(_ text: String) -> Fact.ProcessState {
    switch text {
    case "running": .running
    case "paused": .paused
    default: .ended(text)
    }
  }
}
