import Checking
import Histories

/// The order of publishing under one key against that of first deliveries.
///
/// Message a certainly precedes b when a's publish was acknowledged before b's began. The order is broken where b
/// was delivered by a consume that was over before any that delivered a began, or stands before a in the one
/// that delivered both.
struct DeliveryOrder {
  let history: History
  let group: KeyGroup
  /// Messages that were delivered before one that precedes them.
  private(set) var broken = 0
  private var elements = Elements()
  private var messages: [Message] = []
  /// The first event of a consume of unknown outcome, which may have been delivered anything.
  private var doubtful = Int32.max

  private struct Message {
    var publish: Int32 = -1
    /// The first event of a publish that may have happened, and the last acknowledgement.
    var begun = Int32.max
    var acknowledged: Int32 = -1
    /// The earliest two beginnings of consumes that delivered it.
    var firstBegun = Int32.max
    var secondBegun = Int32.max
    /// The earliest end of one, and its position.
    var firstEnded = Int32.max
    var consume: Int32 = -1
    /// The last consume that was looked at and delivered it.
    var stamp: Int32 = -1
  }

  init(_ history: History, _ group: KeyGroup) {
    self.history = history
    self.group = group
    let publish = history.function("publish")
    for position in group.positions {
      let operation = history.operations[Int(position)]
      if operation.function == publish {
        note(operation, position)
      } else if operation.outcome == .ok {
        for value in delivered(operation) { note(value, operation, position) }
      } else if operation.outcome == .info {
        doubtful = min(doubtful, operation.invocationIndex)
      }
    }
  }

  private func delivered(_ consume: Operation) -> [Value] {
    if consume.result.isNone { return [] }
    return history.values.elements(consume.result).map { Array($0) } ?? [consume.result]
  }

  private mutating func number(_ value: Value) -> Int {
    let number = elements.number(value, history)
    if number == messages.count { messages.append(Message()) }
    return number
  }

  private mutating func note(_ publish: Operation, _ position: Int32) {
    guard publish.outcome != .fail else { return }
    let message = number(publish.argument)
    messages[message].publish = position
    messages[message].begun = min(messages[message].begun, publish.invocationIndex)
    messages[message].acknowledged = max(messages[message].acknowledged, publish.deadlineIndex)
  }

  private mutating func note(_ value: Value, _ consume: Operation, _ position: Int32) {
    let message = number(value)
    guard messages[message].stamp != position else { return }
    messages[message].stamp = position
    let begun = consume.invocationIndex
    messages[message].secondBegun = min(
      messages[message].secondBegun, max(messages[message].firstBegun, begun))
    messages[message].firstBegun = min(messages[message].firstBegun, begun)
    guard consume.completionIndex < messages[message].firstEnded else { return }
    messages[message].firstEnded = consume.completionIndex
    messages[message].consume = position
  }

  mutating func judge(_ judgement: inout Judgement) {
    judgeConsumes(&judgement)
    // In the order of publishing: of those acknowledged so far, the one whose deliveries began last.
    let known = messages.indices.filter { messages[$0].publish >= 0 && messages[$0].consume >= 0 }
    let ends = known.sorted { messages[$0].acknowledged < messages[$1].acknowledged }
    var next = ends.startIndex
    var latest: Int?
    for later in known.sorted(by: { messages[$0].begun < messages[$1].begun }) {
      while next < ends.endIndex, messages[ends[next]].acknowledged < messages[later].begun {
        if messages[ends[next]].firstBegun > latest.map({ messages[$0].firstBegun }) ?? -1 {
          latest = ends[next]
        }
        next += 1
      }
      guard let latest, messages[later].firstEnded < messages[latest].firstBegun else { continue }
      report(latest, behind: later, delivered: messages[later].firstEnded, &judgement)
    }
  }

  /// What stands in the wrong order in one list.
  private mutating func judgeConsumes(_ judgement: inout Judgement) {
    let publish = history.function("publish")
    for message in messages.indices { messages[message].stamp = -1 }
    for position in group.positions {
      let operation = history.operations[Int(position)]
      guard operation.function != publish, operation.outcome == .ok else { continue }
      var latest: Int?
      for value in delivered(operation) {
        let message = number(value)
        // What stands in a list twice was delivered where it stands first.
        guard messages[message].publish >= 0, messages[message].stamp != position else { continue }
        messages[message].stamp = position
        if let latest, messages[message].acknowledged < messages[latest].begun,
          isFirst(message, in: operation)
        {
          report(message, behind: latest, delivered: operation.completionIndex, &judgement)
        }
        if messages[message].begun > latest.map({ messages[$0].begun }) ?? -1 { latest = message }
      }
    }
  }

  /// Whether no other consume can have been delivered the message before.
  private func isFirst(_ message: Int, in consume: Operation) -> Bool {
    messages[message].firstBegun == consume.invocationIndex
      && messages[message].secondBegun > consume.completionIndex
  }

  private mutating func report(
    _ message: Int, behind later: Int, delivered ended: Int32, _ judgement: inout Judgement
  ) {
    let (first, second) = (messages[message], messages[later])
    let names = [elements.values[message], elements.values[later]].map {
      history.values.describe($0)
    }
    let sentence =
      "\(names[1])\(group.suffix(history)) was delivered before \(names[0]), which was acknowledged "
      + "before it was published"
    guard doubtful > ended else {
      judgement.doubt(sentence + ", but a consume of unknown outcome may have been delivered it")
      return
    }
    broken += 1
    guard judgement.evidence.count < Judgement.mostEvidence else { return }
    judgement.violated(
      "out of order", sentence,
      Set([first.publish, second.publish, first.consume, second.consume]).map { Int($0) }.sorted())
  }
}
