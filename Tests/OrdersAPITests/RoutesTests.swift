import ServiceGround
import Testing

@testable import orders_api

/// Without a database: nothing listens on port 1 of loopback.
@Suite struct RoutesTests {
  private func routes(_ ids: IDSource = .sequence) throws -> Routes {
    let pool = Pool(try Connector("host=127.0.0.1 port=1 user=u"), limit: 2)
    return Routes(
      orders: Orders(pool: pool, node: "n"), ids: ids, health: Health(),
      timeout: .milliseconds(500))
  }

  @Test(arguments: [
    ("GET", "/", 200), ("GET", "/health", 503), ("GET", "/nothing", 404), ("PUT", "/orders", 405),
    ("POST", "/orders", 400), ("GET", "/orders", 503), ("POST", "/ids", 503), ("GET", "/ids", 405),
  ])
  func statusWithoutADatabase(method: String, path: String, status: Int) throws {
    #expect(try routes().answer(ServerRequest(method: method, path: path)).status == status)
  }

  @Test func orderThatWasNeverSentIsCertainlyNotDone() throws {
    let answer = try routes().answer(
      ServerRequest(method: "POST", path: "/orders", body: Array("1".utf8)))
    #expect(answer.status == 503)
    #expect(answer.body.contains("\"outcome\":\"not-done\""))
  }

  @Test func localIDsNeedNoDatabase() throws {
    for source in [IDSource.uuidv7(UUIDv7()), .snowflake(Snowflake(nodeBits: 1, epoch: 0))] {
      let routes = try routes(source)
      #expect(routes.answer(ServerRequest(method: "POST", path: "/ids")).status == 201)
      let health = ServerRequest(method: "GET", path: "/health", query: ["of": "ids"])
      #expect(routes.answer(health).status == 200)
      #expect(routes.answer(ServerRequest(method: "GET", path: "/health")).status == 503)
    }
  }

  @Test(arguments: [
    (DatabaseError.notSent("x"), 503), (.refused(state: "25006", "x"), 503), (.unknown("x"), 504),
  ])
  func onlyTheUnknownIsIndefinite(error: DatabaseError, status: Int) {
    let answer = Routes.failure(error)
    #expect(answer.status == status)
    #expect(answer.body.contains("unknown") == (status == 504))
  }
}
