import Basics
import Histories
import Testing
import Workloads

@Suite struct WorkloadTests {
  static func set(_ settings: [String: Setting] = [:]) throws -> SetWorkload {
    try SetWorkload(Settings(settings.merging(["path": .text("/orders")]) { a, _ in a }))
  }

  @Test func elementsAreUniqueAndFollowFromTheSequence() throws {
    let workload = try Self.set(["reads": .ratio(.none)])
    var chance = Chance(seed: 1)
    let elements = (0..<1000).map { workload.request($0, using: &chance).argument }
    #expect(Set(elements).count == 1000)
    #expect(elements[41] == .integer(42))
  }

  @Test func theShareOfReadsIsTheOneAskedFor() throws {
    let workload = try Self.set(["reads": .ratio(Ratio(0.2))])
    var chance = Chance(seed: 7)
    let reads = (0..<10_000).filter { workload.request($0, using: &chance).isRead }.count
    #expect((1800...2200).contains(reads))
  }

  @Test func aReadAnswersWithItsElements() throws {
    let workload = try Self.set()
    let read = try #require(workload.finalRead)
    let answer = workload.answer(to: read, Response(status: 200, body: "[3, 1, 2]"))
    #expect(answer == .ok(.integers([3, 1, 2])))
    #expect(workload.answer(to: read, Response(status: 200, body: "<html>")).kind == .fail)
  }

  @Test(arguments: [(400, "fail"), (404, "fail"), (408, "info"), (500, "info"), (503, "info")])
  func aRefusedWriteIsFailOnlyWhereTheStatusSaysSo(status: Int, kind: String) throws {
    let workload = try Self.set(["reads": .ratio(.none)])
    var chance = Chance(seed: 1)
    let add = workload.request(0, using: &chance)
    #expect("\(workload.answer(to: add, Response(status: status, body: "")).kind)" == kind)
  }

  @Test func aStatusDeclaredDefiniteIsFail() throws {
    let workload = try Self.set(["definite": .list([.integer(503)]), "reads": .ratio(.none)])
    var chance = Chance(seed: 1)
    let add = workload.request(0, using: &chance)
    #expect(workload.answer(to: add, Response(status: 503, body: "")).kind == .fail)
    #expect(workload.answer(to: add, Response(status: 502, body: "")).kind == .info)
  }

  @Test func aTimeoutAfterSendingIsInfoForAWriteAndFailForARead() throws {
    let add = Request(function: "add", method: "POST", path: "/", isRead: false)
    let read = Request(function: "read", method: "GET", path: "/", isRead: true)
    #expect(add.answer(to: .indefinite("timeout")).kind == .info)
    #expect(add.answer(to: .definite("refused")).kind == .fail)
    #expect(read.answer(to: .indefinite("timeout")).kind == .fail)
  }

  @Test(arguments: [
    ("17", Payload.integer(17)), ("{\"id\": 17}", .integer(17)), ("{\"id\":\"17\"}", .integer(17)),
    ("{\"id\": \"a-b\"}", .text("a-b")), ("\"a-b\"", .text("a-b")), ("a-b\n", .text("a-b")),
  ])
  func anIdentifierIsReadFromWhateverShapeItCameIn(body: String, identifier: Payload) throws {
    let workload = try UniqueIDsWorkload(Settings(["path": .text("/ids")]))
    let request = Request(function: "generate", method: "POST", path: "/ids", isRead: false)
    #expect(workload.answer(to: request, Response(status: 200, body: body)) == .ok(identifier))
  }

  @Test func anAnswerWithoutAnIdentifierIsNoIdentifier() throws {
    let workload = try UniqueIDsWorkload(Settings(["path": .text("/ids")]))
    let request = Request(function: "generate", method: "POST", path: "/ids", isRead: false)
    for body in ["", "{}", "<html> oops </html>"] {
      #expect(workload.answer(to: request, Response(status: 200, body: body)).kind == .info)
    }
  }

  @Test func aPathWithoutASlashIsRefusedWithARemedy() {
    #expect(throws: WorkloadError("path", "a path starts with '/': write '/orders'")) {
      _ = try SetWorkload(Settings(["path": .text("orders")]))
    }
  }

  @Test func thePageMustContainWhatWasAskedFor() throws {
    let workload = try HTTPWorkload(
      Settings(["path": .text("/"), "body-has": .text("Welcome")]))
    var chance = Chance(seed: 1)
    let request = workload.request(0, using: &chance)
    #expect(workload.answer(to: request, Response(status: 200, body: "Welcome!")).kind == .ok)
    #expect(workload.answer(to: request, Response(status: 200, body: "Sorry")).kind == .fail)
  }
}

@Suite struct ScheduleTests {
  @Test func theTurnsOfAllProcessesInterleaveEvenly() {
    let schedule = Schedule(rate: 100, processes: 4)
    let sequences = (0..<3).flatMap { turn in
      (0..<4).map { schedule.sequence(of: $0, turn: turn) }
    }
    #expect(sequences == Array(0..<12))
    #expect(schedule.offset(of: 50) == .milliseconds(500))
  }
}
