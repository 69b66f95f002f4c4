import Basics
import Harness
import YAML

struct TrafficVerb: Verb {
  static let name = "traffic"
  static let summary = "Stop, start or change the rate of the traffic on a stack that is up."
  static let usage = "stop|start [WORKLOAD] | rate [WORKLOAD] 200/s"
  static let options: [Option] = [.stack, .liveReports, .json]
  static let notes = """
    Without a WORKLOAD all are meant. What is in flight is waited for, and no operation is made twice.
    What was stopped counts as calm, not as an outage; 'start' goes on at the experiment's own rate.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    var words = arguments.operands
    guard let word = words.first, ["stop", "start", "rate"].contains(word) else {
      throw UsageError("'traffic' takes stop, start or rate: faultline traffic rate orders 200/s")
    }
    words.removeFirst()
    let rate = word == "rate" ? words.popLast() : nil
    guard words.count <= 1, word != "rate" || rate != nil else {
      throw UsageError(
        word == "rate"
          ? "'traffic rate' takes a workload, or none for all, and a rate such as 200/s"
          : "'traffic \(word)' takes one workload, or none for all")
    }
    let live = try LiveConnection.open(
      arguments.value("stack"), reports: arguments.value("reports"), toSteer: true)
    let text = try live.text(.traffic(word == "stop" ? .stop : .start(rate), of: words.first))
    let answer = try LiveConnection.read(Array(text.utf8))
    let lines = (answer["traffic"]?.elements ?? []).compactMap(\.text)
    show(arguments.has("json") ? text : lines.joined(separator: "\n"))
    return .valid
  }
}
