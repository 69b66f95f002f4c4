import Basics
import ServiceGround

/// What the store said, or that it said nothing.
enum StoreReply: Equatable {
  case done(JSON)
  case declined(String)
  case malformed(String)
  /// Certainly not done.
  case refused(String)
  /// Perhaps done.
  case unknown(String)
}

/// One client's standing with the store: who it is, which of the servers it speaks with, and how much it has asked.
///
/// What was certainly not done is asked again of the next server. So is what had no answer, for it has a number by which
/// the store knows it again; whoever does not trust that says so (`repeats`).
final class StoreSession {
  private let address: StoreAddress
  private let repeats: Bool
  private let session = UInt64.random(in: 1 ... .max)
  private var number: UInt64 = 0
  private var turn: Int
  private var connection: LineConnection?
  private var names: [String: Int] = [:]
  /// Who answered last, by its own name.
  private(set) var server: String?

  /// - Parameter first: which of the servers is asked first, so that clients begin with different ones.
  init(_ address: StoreAddress, repeats: Bool, first: Int64) {
    self.address = address
    self.repeats = repeats
    turn = Int(first.magnitude % UInt64(address.places.count))
  }

  private var isAlone: Bool { address.places.count == 1 }

  /// Asks once, or until the time is over.
  func ask(_ verb: String, _ name: String, _ value: JSON, until deadline: Deadline) -> StoreReply {
    number += 1
    var mayBeDone: String?
    var refused = ""
    while true {
      let reply = attempt(verb, name, value, until: deadline)
      switch reply {
      case .done, .declined, .malformed: return reply
      case .refused(let reason): refused = reason
      case .unknown(let reason): mayBeDone = reason
      }
      guard !isAlone, mayBeDone == nil || repeats, deadline.millisecondsLeft > 10 else { break }
    }
    return mayBeDone.map { .unknown($0) } ?? .refused(refused)
  }

  private func attempt(
    _ verb: String, _ name: String, _ value: JSON, until deadline: Deadline
  ) -> StoreReply {
    // Half of the time for one server, so that another can be asked.
    let patience = isAlone || !repeats ? deadline : deadline.halfWay
    do throws(LineError) {
      let connection = try connected(until: patience)
      do throws(LineError) {
        try connection.send(request(verb, name, value, patience), until: patience)
        guard let answer = try connection.receive(until: patience) else {
          throw .broken("the server ended the connection")
        }
        return read(answer)
      } catch {
        leave()
        return .unknown("\(error)")
      }
    } catch {
      leave()
      return .refused("\(error)")
    }
  }

  private func request(
    _ verb: String, _ name: String, _ value: JSON, _ patience: Deadline
  ) -> String {
    let words = [
      "@\(session):\(number)", "within=\(max(patience.millisecondsLeft, 1))",
      address.isLocal ? "local" : "", verb, LineText.encoded(name),
      value == .null ? "" : value.text(),
    ]
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func connected(until deadline: Deadline) throws(LineError) -> LineConnection {
    if let connection { return connection }
    let place = address.places[turn]
    let patience = Deadline.after(.milliseconds(min(deadline.millisecondsLeft, 300)))
    let made = try LineConnection(to: place.host, port: place.port, until: patience)
    do throws(LineError) {
      let greeting = try made.receive(until: patience)?.split(separator: " ") ?? []
      guard greeting.first == "twosite-store", greeting.count == 3 else {
        throw .broken("no greeting")
      }
      server = String(greeting[2])
      names[String(greeting[2])] = turn
    } catch {
      throw .notConnected("\(error)")
    }
    connection = made
    return made
  }

  private func read(_ answer: String) -> StoreReply {
    let parts = answer.split(separator: " ", maxSplits: 1)
    let rest = parts.count > 1 ? String(parts[1]) : ""
    switch parts.first {
    case "ok":
      guard let value = try? JSON(reading: rest) else { return .unknown("no JSON: \(rest)") }
      return .done(value)
    case "no": return .declined(rest)
    case "malformed": return .malformed(rest)
    case "moved":
      leave(for: rest.split(separator: " ").first.flatMap { names[String($0)] })
      return .refused("moved \(rest)")
    case "refused":
      leave()
      return .refused(rest)
    case "unknown":
      leave()
      return .unknown(rest)
    default:
      leave()
      return .unknown("the answer is not understood: \(answer.prefix(80))")
    }
  }

  /// Goes on with another server: the one that is named, or else the next.
  private func leave(for other: Int? = nil) {
    guard !isAlone else {
      connection = nil
      return
    }
    // A server that refuses does so at once: without a pause a client would ask hundreds of times.
    if other == nil || other == turn { Clock.pause(microseconds: 10_000) }
    connection = nil
    turn = other.flatMap { $0 == turn ? nil : $0 } ?? (turn + 1) % address.places.count
  }
}
