import Basics
import Checking
import Histories

/// The most that clients should have to wait after a fault, by what is predicted of the servers.
///
/// A request that is under way when the fault strikes is lost until its client gives up, so the
/// workload's timeout comes on top of the slowest of what the fault concerned: that is the budget
/// of a client that tries again.
struct ClientPrediction {
  let most: Duration
  let sentence: String

  /// Nil where nothing was predicted of the fault, or something without an end.
  init?(_ checked: [CheckedPrediction], timeout: Duration?) {
    let ends = checked.compactMap { checked in
      checked.prediction.most.map { (end: $0, what: checked.what) }
    }
    guard ends.count == checked.count, let slowest = ends.max(by: { $0.end < $1.end }) else {
      return nil
    }
    most = slowest.end + (timeout ?? .zero)
    let budget = timeout.map {
      " and \($0.text) until the client of a request that was under way gives up"
    }
    sentence =
      "predicted at most \(most.text): \(slowest.end.text) until \(slowest.what)" + (budget ?? "")
  }

  var json: JSON {
    ["most": .milliseconds(most), "because": .string(sentence)]
  }
}
