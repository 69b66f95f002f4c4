import Basics
import Bindings
import Clients
import Glibc
import Histories
import Synchronization
import TestGround
import Testing
import Workloads

/// The DNS client against a server that answers what a test says.
@Suite struct DNSClientTests {
  static let call = WorkloadFunction("call", argument: .scalar, result: .any, "Calls.")
  static let read = WorkloadFunction("read", result: .list, isRead: true, "Reads.")

  private func client(
    _ server: StubDNS, _ function: [String: Setting] = [:], _ own: [String: Setting] = [:]
  ) throws -> any Client {
    let binding = Settings(function.merging(["name": .text("www.example")]) { a, _ in a })
    let bindings = try DNSBindings(
      ClientSettings(own: Settings(own), functions: ["call": binding, "read": binding]),
      functions: [Self.call, Self.read])
    return bindings.host(in: .bare).client(of: server.url, timeout: .milliseconds(400))
  }

  private let call = Invocation(Self.call, .integer(0))

  @Test func addressesAreReadInTheirOrder() throws {
    let server = StubDNS { .records([.a(10, 0, 0, 1), .a(10, 0, 0, 2)]) }
    let client = try client(server)
    #expect(client.invoke(Invocation(Self.read)).result == .texts(["10.0.0.1", "10.0.0.2"]))
    #expect(client.invoke(call).result == .text("10.0.0.1"))
    #expect(client.invoke(call).server == server.url.dropFirst(6).description)
  }

  @Test(.enabled(if: Loopback.hasIPv6, "needs a kernel with IPv6")) func aServerMayBeOnIPv6() throws
  {
    let server = StubDNS(isIPv6: true) { .records([.a(10, 0, 0, 1)]) }
    let completion = try client(server).invoke(call)
    #expect(completion.result == .text("10.0.0.1"))
    #expect(completion.server?.hasPrefix("[::1]:") == true)
  }

  @Test func aTextThatSpellsANumberIsOne() throws {
    let server = StubDNS { .records([.init(type: 16, ttl: 1, data: [2, 0x31, 0x37])]) }
    #expect(try client(server, ["type": .text("TXT")]).invoke(call).result == .integer(17))
  }

  @Test func otherRecordsThanThoseAskedForDoNotCount() throws {
    let server = StubDNS {
      .records([.init(type: 28, ttl: 1, data: Array(repeating: 0, count: 16))])
    }
    #expect(try client(server).invoke(call).kind == .fail)
    let completion = try client(server, ["type": .text("AAAA")]).invoke(call)
    #expect(completion.result == .text("::"))
  }

  @Test func noSuchNameIsAnAnswerOnlyWhereTheAuthorSaysSo() throws {
    let server = StubDNS { .code(3) }
    #expect(try client(server).invoke(call).kind == .fail)
    let completion = try client(server, ["absent": .flag(true)]).invoke(call)
    #expect(completion.kind == .ok && completion.result == .none)
  }

  @Test(arguments: [
    StubDNS.Answer.code(2), .code(5), .silence, .bytes([]), .bytes([1, 2, 3]),
    .bytes(Array(repeating: 0xff, count: 512)), .cut, .wrongID,
  ])
  func whatIsNoAnswerFailsInTime(answer: StubDNS.Answer) throws {
    let server = StubDNS { answer }
    let begun = ContinuousClock.now
    #expect(try client(server).invoke(call).kind == .fail)
    #expect(ContinuousClock.now - begun < .seconds(30))
  }

  @Test func aQuestionIsAskedAsOftenAsItMay() throws {
    let server = StubDNS { .silence }
    #expect(try client(server, [:], ["tries": .integer(2)]).invoke(call).kind == .fail)
    #expect(server.questions == 2)
  }

  @Test func anAnswerIsUsedAgainOnlyWhereItsTTLIsHonoured() throws {
    let server = StubDNS { .records([.a(10, 0, 0, 1, ttl: 3600)]) }
    let ignoring = try client(server)
    for _ in 0..<3 { _ = ignoring.invoke(call) }
    #expect(server.questions == 3)
    let honouring = try client(server, [:], ["ttl": .text("honoured")])
    for _ in 0..<3 { #expect(honouring.invoke(call).result == .text("10.0.0.1")) }
    #expect(server.questions == 4)
    let brief = StubDNS { .records([.a(10, 0, 0, 1, ttl: 0)]) }
    let other = try client(brief, [:], ["ttl": .text("honoured")])
    for _ in 0..<3 { _ = other.invoke(call) }
    #expect(brief.questions == 3)
  }

  /// Bytes of a good answer, changed: every one is read or refused.
  @Test func mutatedAnswersAreReadOrRefused() throws {
    let chance = Mutex(Chance(seed: Seeds.fresh("mutated DNS answers ")))
    let server = StubDNS {
      chance.withLock { chance in
        .mutated(
          (0..<3).map { _ in (Int(chance.next() % 60), UInt8(truncatingIfNeeded: chance.next())) })
      }
    }
    let client = try client(server, [:], ["tries": .integer(1)])
    for _ in 0..<Seeds.rounds(100) { #expect(client.invoke(call).kind != .info) }
  }
}
