import Basics
import Bindings
import Histories
import Testing
import Workloads

@Suite struct HTTPBindingsTests {
  static let add = WorkloadFunction("add", argument: .scalar, result: .scalar, "Adds.")
  static let read = WorkloadFunction("read", result: .list, isRead: true, "Reads.")
  static let get = WorkloadFunction("read", result: .scalar, isRead: true, "Reads one.")
  static let cas = WorkloadFunction(
    "cas", argument: .list, parts: ["old", "new"], "Compares and sets.")
  static let call = WorkloadFunction("call", argument: .scalar, result: .any, "Calls.")

  private func bindings(
    _ function: WorkloadFunction, _ settings: [String: Setting] = [:],
    own: [String: Setting] = [:]
  ) throws -> HTTPBindings {
    try HTTPBindings(
      ClientSettings(own: Settings(own), functions: [function.name: Settings(settings)]),
      functions: [function])
  }

  private func completion(
    _ function: WorkloadFunction, _ status: Int, _ body: String,
    _ settings: [String: Setting] = [:], own: [String: Setting] = [:]
  ) throws -> Completion {
    try bindings(function, settings, own: own).completion(
      HTTPResponse(status: status, body: body, node: "n"),
      of: Invocation(function, .integer(7)))
  }

  /// What is written beside a value is as long as the operation says, and means nothing.
  @Test(arguments: [0, 1, 4095, 4096, 4097, 10_000])
  func fillerIsAsLongAsTheOperationSays(bytes: Int) throws {
    let binding = try bindings(Self.add, ["body": .text("{value} {filler|length} {filler}")])
    var invocation = Invocation(Self.add, .integer(7))
    invocation.filler = bytes
    let words = binding.request(invocation).body?.split(
      separator: " ", omittingEmptySubsequences: false)
    #expect(words?.count == 3 && words?[1] == "\(bytes)" && words?[2].utf8.count == bytes)
  }

  @Test func withoutAWordAReadIsAGetAndAWriteAPostOfItsArgument() throws {
    let key = Payload.text("a b")
    #expect(
      try bindings(Self.add).request(Invocation(Self.add, .integer(7)))
        == HTTPRequest(method: "POST", path: "", body: "7"))
    #expect(
      try bindings(Self.read).request(Invocation(Self.read)) == HTTPRequest(method: "GET", path: "")
    )
    #expect(
      try bindings(Self.get, ["path": .text("/x/{key}")]).request(Invocation(Self.get, key: key))
        .path == "/x/a%20b")
    #expect(try bindings(Self.call).request(Invocation(Self.call, .integer(1))).method == "GET")
  }

  @Test func aBodyIsMadeOfTheArgumentsParts() throws {
    let body =
      #"{"old": "{old|base64}", "new": {new|json}, "key": "{key}", "all": {value}, "{{x}"}"#
    let request = try bindings(Self.cas, ["method": .text("PUT"), "body": .text(body)]).request(
      Invocation(Self.cas, key: .integer(3), .list([.integer(1), .text("b")])))
    #expect(
      request.body
        == #"{"old": "MQ==", "new": "b", "key": "3", "all": [1,"b"], "{x}"}"#)
    #expect(request.method == "PUT")
  }

  @Test(arguments: [(400, "fail"), (404, "fail"), (408, "info"), (500, "info"), (503, "info")])
  func aRefusedWriteIsFailOnlyWhereTheStatusSaysSo(status: Int, kind: String) throws {
    #expect("\(try completion(Self.add, status, "").kind)" == kind)
    #expect(try completion(Self.read, status, "").kind == .fail)
    #expect(try completion(Self.call, status, "").kind == .fail, "a GET changes nothing")
  }

  @Test func aStatusDeclaredDefiniteIsFail() throws {
    let own: [String: Setting] = ["definite": .list([.integer(503)])]
    #expect(try completion(Self.add, 503, "", own: own).kind == .fail)
    #expect(try completion(Self.add, 502, "", own: own).kind == .info)
  }

  @Test func aStatusByWhichAServiceSaysNoIsAGoodAnswer() throws {
    let no: [String: Setting] = ["declined": .list([.integer(403), .integer(503)])]
    #expect(try completion(Self.add, 403, "", no) == .declined("HTTP 403", by: "n"))
    #expect(try completion(Self.add, 503, "", no) == .declined("HTTP 503", by: "n"))
    #expect(try completion(Self.add, 404, "", no) != .declined("HTTP 404", by: "n"))
    #expect(try completion(Self.add, 201, "", no).kind == .ok)
  }

  @Test func whatAnAnswerCompletesWithDependsOnTheFunction() throws {
    #expect(try completion(Self.add, 201, "whatever") == .ok(.integer(7), by: "n"))
    #expect(try completion(Self.read, 200, "[3, 1]") == .ok(.integers([3, 1]), by: "n"))
    #expect(try completion(Self.read, 200, "<html>").kind == .fail)
    #expect(try completion(Self.call, 204, "") == .ok(.integer(204), by: "n"))
    #expect(try completion(Self.get, 404, "", ["absent": .list([.integer(404)])]) == .ok(by: "n"))
  }

  @Test(arguments: [
    ("17", Payload.integer(17)), ("{\"id\": 17}", .integer(17)), ("{\"id\":\"17\"}", .integer(17)),
    ("{\"value\": \"a-b\"}", .text("a-b")), ("\"a-b\"", .text("a-b")), ("a-b\n", .text("a-b")),
    (" 17\n", .integer(17)), ("007", .text("007")), ("+7", .text("+7")), ("1e3", .text("1e3")),
    ("", .none), ("null", .none), ("{\"value\": null}", .none),
  ])
  func aSingleValueIsReadFromWhateverShapeItCameIn(body: String, value: Payload) throws {
    #expect(try completion(Self.get, 200, body) == .ok(value, by: "n"))
  }

  @Test(arguments: ["{}", "<html> oops </html>", "[1]", "{\"id\": [1]}", "a b", "{"])
  func whatHasNoSingleValueIsNoAnswer(body: String) throws {
    let completion = try completion(Self.get, 200, body)
    #expect(completion.kind == .fail)
    #expect(completion.error == "no single value in the answer: \(body)")
  }

  @Test func aValueInsideAnAnswerIsFoundAndDecoded() throws {
    let at: [String: Setting] = ["at": .text("kvs.0.value"), "decode": .text("base64")]
    #expect(
      try completion(Self.get, 200, #"{"kvs": [{"value": "MTc="}]}"#, at)
        == .ok(.integer(17), by: "n"))
    #expect(try completion(Self.get, 200, #"{"count": "0"}"#, at) == .ok(by: "n"))
    #expect(try completion(Self.get, 200, #"{"kvs": [{"value": "=?"}]}"#, at).kind == .fail)
    #expect(
      try completion(Self.read, 200, #"{"kvs": [{"v": "1"}, {"v": 2}]}"#, ["at": .text("kvs.*.v")])
        == .ok(.integers([1, 2]), by: "n"))
  }

  @Test func anAnswerMaySayThatItWasNotDone() throws {
    let settings: [String: Setting] = ["ok-at": .text("succeeded"), "answer": .text("argument")]
    #expect(try completion(Self.cas, 200, #"{"succeeded": true}"#, settings).kind == .ok)
    #expect(try completion(Self.cas, 200, #"{"other": 1}"#, settings).kind == .fail)
    #expect(try completion(Self.cas, 200, "{", settings).kind == .info, "it may have been done")
  }

  @Test func thePageMustContainWhatWasAskedFor() throws {
    let settings: [String: Setting] = ["body-has": .text("Welcome")]
    #expect(try completion(Self.call, 200, "Welcome!", settings).kind == .ok)
    #expect(try completion(Self.call, 200, "Sorry", settings).kind == .fail)
    #expect(try completion(Self.add, 200, "Sorry", settings).kind == .info)
  }

  @Test func finalReadsMayBeAskedInAnotherWay() throws {
    let settings = ClientSettings(
      functions: ["read": Settings(["path": .text("/a"), "at": .text("x")])],
      finalReads: ["read": Settings(["path": .text("/b")])])
    let final = try HTTPBindings(settings.whenFinal, functions: [Self.read])
    #expect(final.request(Invocation(Self.read)).path == "/b")
    #expect(
      final.completion(HTTPResponse(status: 200, body: #"{"x": [1]}"#), of: Invocation(Self.read))
        == .ok(.integers([1])))
  }
}

@Suite struct ClientCatalogueTests {
  @Test func everyClientSaysWhatItSendsAndHowItIsRecorded() {
    for kind in ClientCatalogue.all {
      let lines = kind.contract.split(separator: "\n")
      #expect(lines.count >= 3 && lines.allSatisfy { $0.count <= 116 }, "\(kind.client)")
      for word in ["ok", "fail", "info"] {
        #expect(kind.contract.contains(word), "\(kind.client) says nothing of \(word)")
      }
      for key in kind.schema.keys + kind.functionSchema.keys where !key.isRequired {
        let summary = key.summary.lowercased()
        #expect(
          key.default != nil || summary.contains("default") || summary.contains("without it"),
          "\(kind.client).\(key.name)")
      }
    }
    let schemes = ClientCatalogue.all.flatMap { $0.schemes }
    #expect(Set(schemes).count == schemes.count, "a scheme has one client")
  }
}
