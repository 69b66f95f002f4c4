import Basics
import ServiceGround

/// Passes calls that only the leader can serve on to it, by the line protocol, so that clients may speak with any
/// replica. What the leader may have heard and did not answer is unknown, as everywhere.
struct PassingOn: CallHandler {
  private let own: any CallHandler
  private let hosts: [String: String]
  private let linePort: UInt16

  /// - Parameter linePort: where every member serves lines.
  init(_ own: any CallHandler, _ membership: Membership, linePort: UInt16) {
    self.own = own
    self.linePort = linePort
    hosts = Dictionary(membership.members.map { ($0.name, $0.host) }) { $1 }
  }

  var status: ReplicaStatus { own.status }
  var complaint: String? { own.complaint }

  func reply(to call: Call) -> CallReply {
    if call.isLocal { catchUp(call) }
    let reply = own.reply(to: call)
    guard case .refused(_, let leader?) = reply, !call.isPassed, let host = hosts[leader] else {
      return reply
    }
    return pass(call, to: host)
  }

  /// Waits until this replica has applied what the leader knew to be kept when it was asked, so that who compares
  /// replicas does not take lag for loss; half of the call's time at most, and not at all where no leader answers.
  private func catchUp(_ call: Call) {
    let patience = call.deadline.halfWay
    guard let leader = own.status.leader, let host = hosts[leader],
      let connection = try? LineConnection(to: host, port: linePort, until: patience),
      (try? connection.receive(until: patience)) != nil,
      (try? connection.send(LineService.committed, until: patience)) != nil,
      let answer = try? connection.receive(until: patience), let kept = UInt64(answer)
    else { return }
    while own.status.applied < kept, !patience.hasPassed { Clock.pause(microseconds: 2000) }
  }

  private func pass(_ call: Call, to host: String) -> CallReply {
    let connection: LineConnection
    do throws(LineError) {
      connection = try LineConnection(to: host, port: linePort, until: call.deadline)
      _ = try connection.receive(until: call.deadline)
    } catch {
      return .refused("the leader cannot be reached: \(error)", leader: nil)
    }
    do throws(LineError) {
      try connection.send(LineProtocol.passedLine(call), until: call.deadline)
      guard let answer = try connection.receive(until: call.deadline) else {
        return lost("it ended the connection", call)
      }
      return LineProtocol.reply(answer)
    } catch {
      return lost("\(error)", call)
    }
  }

  private func lost(_ reason: String, _ call: Call) -> CallReply {
    let sentence = "the leader did not answer: \(reason)"
    return call.verb.isRead ? .refused(sentence, leader: nil) : .unknown(sentence)
  }
}

extension LineProtocol {
  /// A call as one replica passes it on to another.
  fileprivate static func passedLine(_ call: Call) -> String {
    let words = [
      "passed", "@\(call.session):\(call.number)",
      "within=\(max(call.deadline.millisecondsLeft, 1))", call.verb.rawValue,
      LineText.encoded(call.name), call.value == .null ? "" : call.value.text(),
    ]
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The answer of another replica.
  fileprivate static func reply(_ line: String) -> CallReply {
    let parts = line.split(separator: " ", maxSplits: 1)
    let rest = parts.count > 1 ? String(parts[1]) : ""
    switch parts.first {
    case "ok": return (try? JSON(reading: rest)).map { .done($0) } ?? .unknown("no JSON: \(rest)")
    case "no": return .declined(rest)
    case "malformed": return .malformed(rest)
    case "moved", "refused": return .refused(rest, leader: nil)
    default: return .unknown(rest)
    }
  }
}
