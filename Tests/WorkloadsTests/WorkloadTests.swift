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
    (" 17\n", .integer(17)), ("\"17\"", .integer(17)), ("007", .text("007")), ("+7", .text("+7")),
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

@Suite struct SetReadTests {
  /// What odd stores answer, each with what a person must be told.
  @Test(arguments: [
    (#"["1", "2"]"#, "an array of texts: [\"1\", \"2\"]"), (#"{"orders": [1]}"#, "an object: {"),
    ("[1, 2.5]", "an array with numbers that are not whole: ["),
    ("1\n2\n", "a text without an array"),
    ("", "an empty text"), ("<html>", "a page of markup"), ("[1, 2", "an array that is cut off"),
    ("[[1]]", "an array of arrays"), ("[9223372036854775808]", "an array with numbers that"),
    ("[1, null]", "an array that is cut off or has other things in it"),
  ])
  func whatIsNoArrayOfWholeNumbersIsAFailedReadThatSaysWhatCame(body: String, came: String) throws {
    let workload = try WorkloadTests.set()
    let read = try #require(workload.finalRead)
    let answer = workload.answer(to: read, Response(status: 200, body: body))
    #expect(answer.kind == .fail && answer.result == .none)
    let expected = "the answer must be a JSON array of whole numbers such as [1, 2], not \(came)"
    #expect(answer.error?.hasPrefix(expected) == true, "\(answer.error ?? "")")
  }

  @Test func aLongAnswerIsQuotedInPart() throws {
    let workload = try WorkloadTests.set()
    let read = try #require(workload.finalRead)
    let body = "<" + String(repeating: "x", count: 10_000)
    let error = try #require(workload.answer(to: read, Response(status: 200, body: body)).error)
    #expect(error.count < 200 && error.hasSuffix("…"))
  }

  @Test func elementsOfAnotherWorkloadAreLeftOutAndNobodysAreKept() throws {
    let first = try SetWorkload(
      Settings(["reads": .ratio(.none)]), mark: ElementMark(workload: 0, others: [0, 1]))
    let second = try SetWorkload(
      Settings(["reads": .ratio(.none)]), mark: ElementMark(workload: 1, others: [0, 1]))
    var chance = Chance(seed: 1)
    let store = (0..<3).flatMap { sequence in
      [first, second].map { $0.request(sequence, using: &chance).body ?? "" }
    }
    // What no workload of the run can have added is nobody's: beyond the last, between two, below.
    let foreign = [200_000_001, 100_000_000, 0, -5]
    let body = "[" + (store + foreign.map(String.init)).joined(separator: ",") + "]"
    func elements(_ workload: SetWorkload) throws -> Payload {
      let read = try #require(workload.finalRead)
      return workload.answer(to: read, Response(status: 200, body: body)).result
    }
    #expect(try elements(first) == .integers([1, 2, 3, 200_000_001, 100_000_000, 0, -5]))
    #expect(
      try elements(second)
        == .integers([100_000_001, 100_000_002, 100_000_003, 200_000_001, 100_000_000, 0, -5]))
  }
}

@Suite struct ElementMarkTests {
  @Test func everyElementCarriesTheMarkOfWhoAddsIt() {
    for workload in [0, 1, 2, 999] {
      let mark = ElementMark(workload: workload, others: [0, 1, 2, 999])
      for sequence in [0, 1, 77, Int(ElementMark.spacing) - 2] {
        let element = mark.element(sequence)
        #expect(ElementMark.workload(of: element) == workload)
        #expect(!mark.isAnothers(element))
        #expect(ElementMark(workload: 5, others: [workload]).isAnothers(element))
        #expect(!ElementMark(workload: 5).isAnothers(element), "it is nobody's in that run")
      }
    }
  }

  @Test func whatIsInNobodysRangeHasNoMark() {
    for number in [0, -1, Int64.min, 100_000_000, 300_000_000] {
      #expect(ElementMark.workload(of: number) == nil)
    }
    #expect(ElementMark.workload(of: .max) != nil)
    #expect(!ElementMark(workload: 0, others: [1]).isAnothers(.max))
  }
}

@Suite struct HTTPOptionsTests {
  private func options(_ settings: [String: Setting]) throws(WorkloadError) -> HTTPOptions {
    try UniqueIDsWorkload(Settings(settings)).options
  }

  @Test func everyKindTakesThem() throws {
    let settings = Settings([
      "headers": .mapping(["Authorization": .text("Bearer x")]), "connections": .text("kept"),
      "tls": .mapping(["ca": .text("ca.pem"), "certificate": .text("c"), "key": .text("k")]),
    ])
    for kind in WorkloadCatalogue.all {
      let options = try kind.init(settings).options
      #expect(options.headers.map { "\($0.name)=\($0.value)" } == ["Authorization=Bearer x"])
      #expect(options.connections == .kept)
      #expect(options.tls.authorities == .file("ca.pem") && options.tls.key == .file("k"))
      for key in HTTPOptions.keys { #expect(kind.schema.key(named: key.name) != nil) }
    }
    #expect(try options([:]) == .plain && HTTPOptions.plain.connections == .fresh)
  }

  @Test func loadingReadsEveryFileOnce() throws {
    var options = try options([
      "tls": .mapping(["certificate": .text("both.pem"), "ca": .text("ca.pem")])
    ])
    var asked: [String] = []
    options.load { path in
      asked.append(path)
      return Array(path.utf8)
    }
    #expect(asked.sorted() == ["both.pem", "ca.pem"])
    #expect(options.tls.certificate == .bytes(Array("both.pem".utf8)) && options.tls.key == nil)
  }

  @Test(arguments: [
    ("headers", "a b", "x", "'a b' cannot be the name of an HTTP header"),
    ("headers", "Content-Length", "3", "the client writes the header 'Content-Length' itself"),
    ("headers", "connection", "close", "use 'connections' instead"),
    ("headers", "X-A", "one\r\nX-B: two", "must be one line"),
    ("tls", "certficate", "c", "unknown key 'certficate'; did you mean 'certificate'?"),
    ("tls", "insecure", "yes", "'insecure' takes true or false, not 'yes'"),
    ("tls", "key", "k", "'key' needs the 'certificate' it belongs to"),
  ])
  func aWrongOneIsRefusedAtItsKey(key: String, inner: String, value: String, reason: String) {
    let error = #expect(throws: WorkloadError.self) {
      try options([key: .mapping([inner: .text(value)])])
    }
    #expect(error?.key == "\(key).\(inner)")
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func noAuthorityIsAskedWhereAnyCertificateWillDo() {
    #expect(throws: WorkloadError.self) {
      try options(["tls": .mapping(["ca": .text("c"), "insecure": .text("true")])])
    }
  }
}

@Suite struct ContractTests {
  @Test func everyKindSaysWhatIsSentAndHowItIsRecorded() {
    for kind in WorkloadCatalogue.all {
      let lines = kind.contract.split(separator: "\n")
      #expect(lines.count >= 4 && lines.allSatisfy { $0.count <= 104 }, "\(kind.kind)")
      for word in ["path", "ok", "fail", "info", "X-Node", "definite"] {
        #expect(kind.contract.contains(word), "\(kind.kind) says nothing of \(word)")
      }
    }
  }

  /// A default is a promise: each stands where the key is described.
  @Test func everyKeyThatMayBeLeftOutNamesItsDefault() {
    for kind in WorkloadCatalogue.all {
      for key in kind.schema.keys where !key.isRequired {
        let summary = key.summary.lowercased()
        #expect(
          key.default != nil || summary.contains("default") || summary.contains("without it"),
          "\(key.name)")
      }
    }
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
