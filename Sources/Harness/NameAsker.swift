import Basics
import Fabric
import Faults
import Links
import Linux
import Nodes
import Packets
import Stacks
import Synchronization

/// Asks DNS servers over the ways of a policy, as any client does, and at the same time on their own nodes, where
/// nothing that the network does is in between: once before the policy is in place, then again and again.
final class NameAsker: Sendable {
  /// From a client to a server, with a socket on the node of each.
  private struct Way: Sendable {
    let source: NodeID
    let target: NodeID
    let questions: [DNSQuestion.Key]
    let overPath: DatagramSocket
    let onServer: DatagramSocket
  }

  private let ways: [Way]
  private let limit: Duration
  private let stop = StopFlag()
  private let seen: Mutex<[AskedWay]>
  private let numbers = Mutex(UInt16(0))
  private let thread = Mutex<Linux.Thread?>(nil)

  private static let port: UInt16 = 53
  /// From one round to the next.
  private static let interval = Duration.milliseconds(250)
  /// How long an answer may take beyond what the links hold it, each way.
  private static let patience = Duration.milliseconds(400)
  /// As many names as are asked for where it is not known which has changed.
  private static let most = 8

  /// Nil where the policy is not about names. Blocks until all have answered, or for less than half a second beyond
  /// what the links hold.
  init?(_ policy: Policy, _ routes: [PolicyRoutes.Way], in lab: Lab, delay: Duration) throws {
    guard case .names(let forgery)? = policy.impairment.forgery else { return nil }
    limit = delay * 2 + Self.patience
    ways = try routes.filter { !$0.hops.isEmpty }.compactMap { way in
      guard let source = lab.stack.node(way.source), let target = lab.stack.node(way.target),
        let client = lab.nodes[way.source], let server = lab.nodes[way.target]
      else { return nil }
      let address = lab.stack.address(of: target, seenFrom: source)
      let open = { try DatagramSocket(to: address, port: Self.port) }
      return Way(
        source: way.source, target: way.target,
        questions: Self.questions(forgery, asked: lab.fabric.namesAsked(of: address)),
        overPath: try client.sync(entering: [.network], open),
        onServer: try server.sync(entering: [.network], open))
    }
    seen = Mutex([])
    let before = ask()
    seen.withLock { seen in
      seen = zip(ways, before).map { way, looks in
        AskedWay(
          source: way.source, target: way.target,
          wasAnswered: looks.contains { $0.overPath != nil })
      }
    }
  }

  /// What was asked of the server already is known to be a name of its; else any of those that are meant.
  private static func questions(
    _ forgery: NameForgery, asked: [DNSQuestion.Key]
  ) -> [DNSQuestion.Key] {
    var types = [DNSQuestion.addressTypes.v4]
    var isTold = false
    if case .addresses(let addresses) = forgery.answer {
      isTold = true
      if addresses.allSatisfy({ $0.family == .v6 }) { types = [DNSQuestion.addressTypes.v6] }
    }
    let known = asked.filter { key in
      forgery.covers(key.text) && (!isTold || types.contains(key.type))
    }
    if !known.isEmpty {
      return Array(known.prefix(forgery.answer == .stale ? most : 1))
    }
    let name = forgery.names.first?.example ?? "faultline.test"
    return [DNSQuestion(name, type: types[0], id: 0).key]
  }

  /// What was seen so far.
  var asked: [AskedWay] { seen.withLock { $0 } }

  /// Goes on asking until `end`, now that the policy is in place.
  func start(_ clock: RunClock) throws {
    let thread = try Linux.Thread(named: "ask names") { [self] in
      repeat {
        let looks = ask()
        guard !stop.isRaised else { return }
        seen.withLock { seen in
          for (place, looks) in looks.enumerated() {
            seen[place].last = looks.first { $0.overPath != $0.onServer } ?? looks.last
          }
        }
      } while clock.sleep(until: clock.now.advanced(by: Self.interval), unless: stop)
    }
    self.thread.withLock { $0 = thread }
  }

  /// Asking ends; what is not answered yet is not counted any more.
  func end() {
    stop.raise()
    thread.withLock { $0.take() }?.join()
  }

  /// One round: every question of every way, in both places, and what came in time.
  private func ask() -> [[AskedWay.Look]] {
    var waiting: [UInt16: (way: Int, question: Int, isOverPath: Bool)] = [:]
    var looks = ways.map { way in
      way.questions.map { AskedWay.Look(name: $0.text, overPath: nil, onServer: nil) }
    }
    for (number, way) in ways.enumerated() {
      for (place, key) in way.questions.enumerated() {
        for (socket, isOverPath) in [(way.overPath, true), (way.onServer, false)] {
          let id = nextNumber()
          waiting[id] = (number, place, isOverPath)
          let message = DNSQuestion(asking: key, id: id).message
          // What the last question was refused with is told instead of sending.
          if !socket.send(message) { socket.send(message) }
        }
      }
    }
    let deadline = MonotonicClock.nanoseconds + limit.nanoseconds
    let sockets = ways.flatMap { [$0.overPath, $0.onServer] }
    while !waiting.isEmpty, !stop.isRaised,
      let ready = try? Poll.wait(sockets.map(\.raw), until: deadline), ready.contains(true)
    {
      for (socket, isReady) in zip(sockets, ready) where isReady {
        for reply in socket.receive().compactMap({ DNSReply(reading: $0) }) {
          guard let asked = waiting.removeValue(forKey: reply.id) else { continue }
          let answer = AskedWay.Answer(
            code: reply.code, addresses: reply.addresses, text: reply.text)
          if asked.isOverPath {
            looks[asked.way][asked.question].overPath = answer
          } else {
            looks[asked.way][asked.question].onServer = answer
          }
        }
      }
    }
    return looks
  }

  private func nextNumber() -> UInt16 {
    numbers.withLock { number in
      number &+= 1
      return number
    }
  }
}
