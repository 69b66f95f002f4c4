import Basics
import Glibc
import ServiceGround
import Testing

@testable import orders_api

@Suite(.serialized, .enabled(if: TestDatabase.isPossible, "needs root and PostgreSQL 15"))
struct DatabaseTests {
  @Test func orderIsAddedExactlyOnceAndRepetitionsAreTold() throws {
    try TestDatabase.run { database in
      let orders = try database.prepared()
      #expect(try orders.add(5, until: .after(.seconds(5))) == 1)
      #expect(try orders.add(3, until: .after(.seconds(5))) == 1)
      #expect(try orders.add(5, until: .after(.seconds(5))) == 2)
      let read = try orders.all(from: .primary, until: .after(.seconds(5)))
      #expect(read.elements == ["3", "5"])
      #expect(try orders.nextID(until: .after(.seconds(5))) == 1)
      #expect(try orders.nextID(until: .after(.seconds(5))) == 2)
    }
  }

  @Test func instancesMayStartAtOnce() async throws {
    try await TestDatabase.run { database in
      try await withThrowingTaskGroup { group in
        for _ in 0..<4 { group.addTask { _ = try database.prepared() } }
        try await group.waitForAll()
      }
    }
  }

  @Test func statementThatIsHeldUpHasAnUnknownOutcome() throws {
    try TestDatabase.run { database in
      let orders = try database.prepared()
      let locker = try database.connect()
      try locker.script("BEGIN; LOCK TABLE orders", until: .after(.seconds(5)))
      #expect {
        try orders.add(1, until: .after(.milliseconds(300)))
      } throws: {
        if case .unknown = $0 as? DatabaseError { true } else { false }
      }
      try locker.script("ROLLBACK", until: .after(.seconds(5)))
      #expect(try orders.add(2, until: .after(.seconds(5))) == 1)
    }
  }

  @Test func serverThatIsGoneWasCertainlyNotAsked() throws {
    try TestDatabase.run { database in
      let orders = try database.prepared()
      #expect(try orders.add(1, until: .after(.seconds(5))) == 1)
      database.kill()
      let idle = Result { try orders.add(2, until: .after(.seconds(2))) }
      #expect(throws: DatabaseError.self) { try idle.get() }
      #expect {
        try orders.add(3, until: .after(.seconds(2)))
      } throws: {
        if case .notSent = $0 as? DatabaseError { true } else { false }
      }
    }
  }

  @Test func readOnlyServerIsNotWrittenTo() throws {
    try TestDatabase.run { database in
      let orders = try database.prepared()
      #expect(try orders.add(1, until: .after(.seconds(5))) == 1)
      let session = try database.connect()
      try session.script(
        "ALTER DATABASE postgres SET default_transaction_read_only = on",
        until: .after(.seconds(5)))
      orders.pool.forget()
      #expect {
        try orders.add(2, until: .after(.seconds(2)))
      } throws: {
        if case .notSent = $0 as? DatabaseError { true } else { false }
      }
      #expect(try orders.all(from: .any, until: .after(.seconds(2))).elements == ["1"])
    }
  }

  @Test func warningMakesACommitUnknown() throws {
    try TestDatabase.run { database in
      let session = try database.connect()
      try session.script(
        """
        CREATE FUNCTION warn() RETURNS integer LANGUAGE plpgsql AS
        'BEGIN RAISE WARNING ''not replicated''; RETURN 1; END'
        """, until: .after(.seconds(5)))
      #expect(try session.run("SELECT warn()", [], until: .after(.seconds(5))).first == "1")
      #expect(throws: DatabaseError.unknown("the server committed with a warning")) {
        try session.run("SELECT warn()", [], confirmed: true, until: .after(.seconds(5)))
      }
    }
  }

  @Test func answersTellWhatHappened() throws {
    try TestDatabase.run { database in
      let orders = try database.prepared()
      let health = Health()
      var session: Connection?
      let routes = Routes(
        orders: orders, ids: .sequence, health: health, timeout: .milliseconds(1500))
      let post = ServerRequest(method: "POST", path: "/orders", body: Array("7".utf8))
      #expect(routes.answer(post).status == 201)
      #expect(routes.answer(post).body.contains("already-there"))
      #expect(routes.answer(ServerRequest(method: "GET", path: "/orders")).body == "[7]")
      #expect(routes.answer(ServerRequest(method: "POST", path: "/ids")).body == "{\"id\":1}")
      health.refresh(orders.pool, &session, until: .after(.seconds(5)))
      #expect(routes.answer(ServerRequest(method: "GET", path: "/health")).status == 200)
      database.kill()
      health.refresh(orders.pool, &session, until: .after(.seconds(2)))
      let down = routes.answer(ServerRequest(method: "GET", path: "/health"))
      #expect(down.status == 503)
      #expect(down.body.contains("\"status\":\"DOWN\",\"reason\":"))
      #expect(routes.answer(post).status == 503)
    }
  }

  @Test func serviceMakesItsTablesWhenTheDatabaseComesUp() throws {
    try TestDatabase.run { database in
      let orders = Orders(pool: try database.pool(), node: "test")
      let early = Result { try orders.add(1, until: .after(.seconds(5))) }
      #expect {
        try early.get()
      } throws: {
        if case .refused("42P01", _) = $0 as? DatabaseError { true } else { false }
      }
      var session: Connection?
      Health().refresh(orders.pool, &session, until: .after(.seconds(5)))
      #expect(try orders.add(1, until: .after(.seconds(5))) == 1)
    }
  }
}
