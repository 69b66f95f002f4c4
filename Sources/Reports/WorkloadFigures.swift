internal import Basics
internal import Histories
internal import Statistics

/// How one workload fared from the first step of the method to the end of the traffic: what one run is compared with
/// another by.
struct WorkloadFigures {
  let name: String
  /// How many operations were meant to start.
  private(set) var operations = 0
  /// How many of them were answered well and in time; what a service declines is a good answer.
  private(set) var good = 0
  /// Of the good ones, from the intended start, in nanoseconds.
  private var latencies: [Int64] = []

  private init(name: String) { self.name = name }

  /// By their names; none where the method never began.
  static func all(of history: History) -> [WorkloadFigures] {
    guard let start = history.began(.method) ?? history.began(.live) else { return [] }
    let timeouts = history.timeouts
    var figures: [LabelID: WorkloadFigures] = [:]
    for operation in history.operations where !operation.isFinal && operation.scheduled >= start {
      let label = operation.workload
      guard let name = history.name(label) else { continue }
      figures[label, default: WorkloadFigures(name: name)].take(
        operation, isDeclined: history.isDeclined(operation), timeout: timeouts[label])
    }
    return figures.values.sorted { $0.name < $1.name }
  }

  private mutating func take(
    _ operation: Histories.Operation, isDeclined: Bool, timeout: Duration?
  ) {
    operations += 1
    guard operation.outcome == .ok || isDeclined, let latency = operation.latency else { return }
    if let timeout, latency > timeout { return }
    good += 1
    latencies.append(latency.nanoseconds)
  }

  var json: JSON {
    [
      "name": .string(name), "operations": .integer(operations), "good": .integer(good),
      "availability": operations == 0 ? .null : .number(Double(good) / Double(operations)),
      "latency": Quantiles(latencies).json,
    ]
  }
}
