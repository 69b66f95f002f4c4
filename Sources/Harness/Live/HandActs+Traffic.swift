import Basics
import Experiments
import Fabric
import Histories
import Linux
import Stacks
import Workloads

/// Traffic that people stop, start and change.
extension HandActs {
  func traffic(_ order: LiveRequest.TrafficOrder, of name: String?) throws -> JSON {
    let all = lab.traffic.value?.workloads ?? []
    guard !all.isEmpty else {
      throw HarnessError.other(
        "this stack has no traffic; bring it up with --traffic EXPERIMENT to have some")
    }
    let meant = all.filter { name == nil || $0.name == name }
    if let name, meant.isEmpty {
      let known = all.map(\.name)
      let near = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" }
      throw HarnessError.other(
        "there is no workload '\(name)'" + (near ?? Suggestion.choices(known, near: name)))
    }
    let sentences = try meant.map { try carryOut(order, on: $0) }
    for sentence in sentences {
      lab.fabric.comment(lab.stack.secrets.mask(sentence))
      lab.recorder.record(.note(about: "", sentence))
    }
    return ["traffic": .strings(sentences)]
  }

  /// What was done, in a sentence.
  private func carryOut(_ order: LiveRequest.TrafficOrder, on workload: LiveWorkload) throws
    -> String
  {
    guard case .start(let rate) = order else {
      return "traffic \(workload.name) " + (workload.pause() ? "was stopped" : "is stopped already")
    }
    let load = try rate.map { try Self.load($0) }
    if load != nil { workload.pause() }
    let isBegun = try workload.begin(load, from: lab.clock.now)
    let now = workload.loadText ?? ""
    return "traffic \(workload.name) " + (isBegun ? "goes on at \(now)" : "is under way at \(now)")
  }

  private static func load(_ text: String) throws -> Load {
    guard let load = Load(text: text) else {
      throw HarnessError.other(
        "'\(text)' is no rate; write operations a second, such as 50/s, from 0.001/s to 100000/s")
    }
    return load
  }
}
