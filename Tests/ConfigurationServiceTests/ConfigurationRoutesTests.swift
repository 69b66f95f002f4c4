import Basics
import ServiceGround
import Testing

@testable import configuration_service

@Suite(.serialized) struct ConfigurationRoutesTests {
  private static let data = #"{"data": {"readers": {"bob": true}}}"#

  @Test func aPolicyIsPutReadAndPutAgainByItsTag() throws {
    try withService { service in
      let made = service.ask("PUT", "/policies/shop", Self.data)
      #expect(made.status == 201)
      #expect(made.headers["ETag"] == "\"1\"")
      let read = service.ask("GET", "/policies/shop")
      #expect(read.status == 200)
      #expect(read.headers["ETag"] == "\"1\"")
      #expect(read.json["data"]?["readers"]?["bob"] == true)
      #expect(read.json["by"] == "ann")
      let changed = service.ask("PUT", "/policies/shop", Self.data, ["If-Match": "\"1\""])
      #expect(changed.status == 200)
      #expect(changed.json["version"] == 2)
    }
  }

  @Test func whoNamesNoVersionOrAnotherIsRefused() throws {
    try withService { service in
      #expect(service.ask("PUT", "/policies/shop", Self.data, ["If-Match": "\"1\""]).status == 409)
      #expect(service.ask("PUT", "/policies/shop", Self.data, ["If-Match": "*"]).status == 201)
      #expect(service.ask("PUT", "/policies/shop", Self.data).status == 428)
      #expect(service.ask("PUT", "/policies/shop", Self.data, ["If-Match": "\"7\""]).status == 409)
      #expect(service.ask("PUT", "/policies/shop", Self.data, ["If-Match": "*"]).status == 200)
      #expect(service.ask("GET", "/policies/shop").json["version"] == 2)
    }
  }

  @Test func aPatchMergesAndNeedsSomethingToMergeWith() throws {
    try withService { service in
      #expect(service.ask("PATCH", "/policies/shop", Self.data).status == 404)
      _ = service.ask("PUT", "/policies/shop", Self.data)
      let patch = #"{"data": {"readers": {"bob": null, "eve": true}}}"#
      #expect(service.ask("PATCH", "/policies/shop", patch, ["If-Match": "\"1\""]).status == 200)
      let readers = service.ask("GET", "/policies/shop").json["data"]?["readers"]
      #expect(readers == ["eve": true])
    }
  }

  @Test(
    arguments: [
      ("PUT", "/policies/shop", "no JSON", [:], 400), ("PUT", "/policies/shop", "{}", [:], 400),
      ("PUT", "/policies/shop", #"{"date": {}}"#, [:], 400),
      ("PUT", "/policies/shop", #"{"data": [1]}"#, [:], 400),
      ("PUT", "/policies/shop", #"{"rego": 7}"#, [:], 400),
      ("PUT", "/policies/Shop", #"{"data": {}}"#, [:], 400),
      ("PUT", "/policies/7up", #"{"data": {}}"#, [:], 400),
      ("PUT", "/policies/shop", #"{"rego": "package rules.other\n"}"#, [:], 400),
      ("PUT", "/policies/shop", #"{"rego": "package rules.shop\nbroken"}"#, [:], 400),
      ("PUT", "/policies/shop", #"{"data": {}}"#, ["Idempotency-Key": nil], 400),
      ("PUT", "/policies/shop", #"{"data": {}}"#, ["X-Gateway-Key": "mine"], 401),
      ("GET", "/policies/shop", "", ["X-Gateway-Key": nil], 401),
      ("GET", "/audit", "", ["X-Gateway-Key": nil], 401),
      ("PUT", "/policies/shop", #"{"data": {}}"#, ["X-Roles": "reader"], 403),
      ("PUT", "/policies/platform", #"{"data": {}}"#, [:], 403),
      ("GET", "/policies/shop", "", [:], 404), ("GET", "/elsewhere", "", [:], 404),
      ("DELETE", "/policies/shop", "", [:], 405),
    ] as [(String, String, String, [String: String?], Int)])
  func whatIsNotAsItShouldBeIsRefusedBeforeAnythingIsDone(
    method: String, path: String, body: String, headers: [String: String?], status: Int
  ) throws {
    try withService { service in
      let answer = service.ask(method, path, body, headers)
      #expect(answer.status == status, "\(answer.body)")
      #expect(answer.json["outcome"] == "not-done")
      #expect(service.store.keys.isEmpty)
    }
  }

  @Test func anAdminWritesThePlatformsPolicy() throws {
    try withService { service in
      let body = #"{"rego": "package platform\ndefault allow := false\n"}"#
      #expect(service.ask("PUT", "/policies/platform", body, ["X-Roles": "admin"]).status == 201)
      #expect(service.ask("GET", "/policies/platform").json["version"] == 1)
    }
  }

  @Test func largePoliciesAreRefused() throws {
    try withService { service in
      func rego(_ bytes: Int) -> String {
        let head = "package rules.shop\\n"
        return #"{"rego": ""# + head + String(repeating: "#", count: bytes - 19) + #""}"#
      }
      #expect(service.ask("PUT", "/policies/shop", rego(512 << 10)).status == 201)
      let tooMuch = service.ask("PUT", "/policies/more", rego((512 << 10) + 1))
      #expect(tooMuch.status == 413)
      let data = #"{"data": {"x": ""# + String(repeating: "x", count: 1 << 20) + #""}}"#
      #expect(service.ask("PUT", "/policies/other", data).status == 413)
    }
  }

  @Test func aRequestThatComesAgainIsDoneOnce() throws {
    try withService { service in
      let key = ["Idempotency-Key": "the same", "If-Match": "*"]
      #expect(service.ask("PUT", "/policies/shop", Self.data, key).json["version"] == 1)
      let again = service.ask("PUT", "/policies/shop", Self.data, key)
      #expect(again.status == 201)
      #expect(again.json["version"] == 1)
      #expect(again.json["repeated"] == true)
      #expect(service.ask("GET", "/policies/shop").json["version"] == 1)
      let other = service.ask("PUT", "/policies/shop", #"{"data": {"a": 1}}"#, key)
      #expect(other.status == 422)
    }
  }

  @Test func everyWriteHasOneEventInItsOwnTransaction() throws {
    try withService { service in
      let key = ["Idempotency-Key": "17"]
      _ = service.ask("PUT", "/policies/shop", Self.data, key)
      _ = service.ask("PUT", "/policies/shop", Self.data, key)
      #expect(service.store.keys.filter { $0.hasPrefix("/audit/") } == ["/audit/shop.17"])
    }
  }

  /// The store carried it out and did not say so: the next try, of the service's own, must find that.
  @Test func aWriteWhoseAnswerWasLostIsNotDoneTwice() throws {
    try withService { service in
      service.store.loseNextAnswer()
      let key = ["Idempotency-Key": "once", "If-Match": "*"]
      let lost = service.ask("PUT", "/policies/shop", Self.data, key)
      #expect(lost.status == 504)
      #expect(lost.json["outcome"] == "unknown")
      let again = service.ask("PUT", "/policies/shop", Self.data, key)
      #expect(again.json["version"] == 1)
      #expect(again.json["repeated"] == true)
    }
  }

  @Test func withoutAMajorityNothingIsDoneAndTheReasonIsSaid() throws {
    try withService { service in
      service.store.loseMajority()
      let answer = service.ask("PUT", "/policies/shop", Self.data)
      #expect(answer.status == 503)
      #expect(answer.json["outcome"] == "not-done")
      #expect(answer.body.contains("majority"))
      #expect(service.ask("GET", "/policies/shop").status == 503)
      #expect(service.ask("GET", "/bundles/all.tar.gz").status == 503)
    }
  }

  @Test func aMemberThatIsGoneIsPassedOver() throws {
    let nobody = ServiceCall.Place(host: "127.0.0.1", port: 1)
    let service = try RunningService(places: [nobody])
    defer { service.stop() }
    #expect(service.ask("PUT", "/policies/shop", Self.data).status == 201)
  }
}
