import Basics
import Glibc
import Links
import Linux
import Packets
import Synchronization
import Testing

@testable import Fabric

extension OnTheMachine {
  /// A name server of the second node that the first one asks.
  @Suite struct NameTests {
    private let first = IPAddress(IPv4(bits: 0x0a09_0901))
    private let second = IPAddress(IPv4(bits: 0x0a09_0902))

    private func withNames(_ body: (Lab, SmallNameServer, DatagramSocket) throws -> Void) throws {
      try Lab.with { lab in
        let server = try SmallNameServer(at: lab.places[1], saying: first)
        defer { server.stop() }
        let place = try #require(IPAddress(text: "10.0.0.2"))
        let opened = lab.places[0].run {
          Result { () throws(Errno) in try DatagramSocket(to: place, port: 53) }
        }
        try body(lab, server, try opened.get())
      }
    }

    private func forge(_ lab: Lab, _ answer: NameForgery.Answer, names: [String] = []) {
      let match = FrameMatch(kind: PacketKind(nil, port: 53))
      let forgery = NameForgery(answer, names: names.compactMap { DomainPattern($0) })
      lab.fabric.impair(
        "names", [Path(from: ["a"], to: ["b"], match: match)],
        with { $0.forgery = .names(forgery) })
    }

    /// What comes in answer; nil where nothing does within the limit.
    private func ask(
      _ socket: DatagramSocket, _ name: String = "db.example", type: UInt16 = 1, id: UInt16,
      within limit: Duration = .seconds(5)
    ) -> String? {
      socket.send(DNSQuestion(name, type: type, id: id).message)
      let deadline = MonotonicClock.nanoseconds + limit.nanoseconds
      while (try? Poll.wait([socket.raw], until: deadline)) == [true] {
        let replies = socket.receive().compactMap { DNSReply(reading: $0) }
        if let reply = replies.first(where: { $0.id == id }) { return reply.text }
      }
      return nil
    }

    @Test(arguments: [(2 as UInt8, "SERVFAIL"), (3, "NXDOMAIN")])
    func anErrorIsAnsweredInTheServersPlace(code: UInt8, text: String) throws {
      try withNames { lab, server, socket in
        #expect(ask(socket, id: 1) == "\(first)")
        forge(lab, .code(code), names: ["*.example"])
        #expect(ask(socket, id: 2) == text)
        #expect(ask(socket, "db.other", id: 3) == "\(first)", "another name is left alone")
        #expect(server.questions == ["db.example", "db.other"])
        lab.fabric.lift("names")
        #expect(ask(socket, id: 4) == "\(first)")
      }
    }

    @Test func nothingIsAnswered() throws {
      try withNames { lab, server, socket in
        forge(lab, .silence)
        #expect(ask(socket, id: 1, within: .milliseconds(300)) == nil)
        #expect(server.questions == [])
        #expect(lab.fabric.counters(under: "names")?.dropped.replaced == 1)
      }
    }

    @Test func aWrongAddressIsAnswered() throws {
      try withNames { lab, _, socket in
        let wrong = try #require(IPAddress(text: "192.0.2.1"))
        forge(lab, .addresses([wrong]))
        #expect(ask(socket, id: 1) == "192.0.2.1")
        #expect(ask(socket, type: 28, id: 2) == "no record")
        #expect(ask(socket, type: 16, id: 3) == "no record", "a text passes to the server")
      }
    }

    /// The name changes, and whoever asks over the path is told what was true before; what nobody had asked
    /// passes.
    @Test func yesterdaysAddressIsAnswered() throws {
      try withNames { lab, server, socket in
        #expect(ask(socket, id: 1) == "\(first)")
        forge(lab, .stale)
        server.say(second)
        #expect(ask(socket, "DB.example", id: 2) == "\(first)")
        #expect(ask(socket, "new.example", id: 3) == "\(second)")
        #expect(ask(socket, "new.example", id: 4) == "\(second)")
        lab.fabric.lift("names")
        #expect(ask(socket, id: 5) == "\(second)")
        let server = try #require(IPAddress(text: "10.0.0.2"))
        #expect(lab.fabric.namesAsked(of: server).map(\.text) == ["db.example", "new.example"])
      }
    }

    /// Over TCP nothing is read: it is refused.
    @Test func aConnectionIsRefused() throws {
      try withNames { lab, _, _ in
        let listener = lab.places[1].run { Socket.listener(any: "0.0.0.0", port: 53) }
        let before = try #require(lab.places[0].run { Socket.connect(to: "10.0.0.2", 53) })
        forge(lab, .code(2))
        #expect(lab.places[0].run { Socket.connect(to: "10.0.0.2", 53) } == nil)
        for socket in [before, listener] { socket.close() }
      }
    }
  }
}

/// Answers every question for an IPv4 address with one, on a thread of its own.
private final class SmallNameServer: Sendable {
  private struct State {
    var address: IPAddress
    var questions: [String] = []
    var isOver = false
  }

  private let state: Mutex<State>
  private let socket: Int32
  private let thread: Mutex<Linux.Thread?>

  init(at place: Place, saying address: IPAddress) throws {
    state = Mutex(State(address: address))
    socket = place.run { Socket.udp(port: 53).descriptor }
    thread = Mutex(nil)
    let started = try Linux.Thread(named: "names") { [unowned self] in serve() }
    thread.withLock { $0 = started }
  }

  func say(_ address: IPAddress) { state.withLock { $0.address = address } }

  var questions: [String] { state.withLock { $0.questions } }

  func stop() {
    state.withLock { $0.isOver = true }
    shutdown(socket, Int32(SHUT_RDWR))
    thread.withLock { $0.take() }?.join()
    close(socket)
  }

  private func serve() {
    var bytes = [UInt8](repeating: 0, count: 2048)
    while !state.withLock({ $0.isOver }) {
      var from = sockaddr_storage()
      var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let count = withUnsafeMutablePointer(to: &from) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          recvfrom(socket, &bytes, bytes.count, 0, $0, &size)
        }
      }
      guard count > 0, let asked = DNSQuestion(reading: Array(bytes[..<count])) else { continue }
      let address = state.withLock { state in
        state.questions.append(asked.key.text)
        return state.address
      }
      let answer = asked.answer(addresses: [address]) ?? asked.answer(code: 0)
      withUnsafePointer(to: &from) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = sendto(socket, answer, answer.count, 0, $0, size)
        }
      }
    }
  }
}
