import ServiceGround

/// The orders kept in the database, and its sequence of IDs.
struct Orders: Sendable {
  /// Which server answers a read.
  enum Replica: Sendable, Equatable {
    /// The one that may be written to.
    case primary
    /// The primary where there is one, else any server that answers.
    case any
    /// The server of that host in the connection string, whatever its role.
    case host(String)
  }

  struct Read: Sendable {
    let elements: [String]
    let host: String
  }

  let pool: Pool
  let node: String

  /// Adds the element and answers after the commit how often it has been posted: 1 when it is
  /// new. A repetition writes too, so that its answer is as durable as the first one.
  func add(_ element: Int64, until deadline: Deadline) throws(DatabaseError) -> Int {
    try pool.use(until: deadline) { (connection) throws(DatabaseError) in
      let rows = try connection.run(
        """
        INSERT INTO orders (element, node) VALUES ($1, $2)
        ON CONFLICT (element) DO UPDATE SET posts = orders.posts + 1 RETURNING posts
        """, [String(element), node], confirmed: true, until: deadline)
      guard let posts = rows.first.flatMap({ Int($0) }) else { throw .unknown("no row came back") }
      return posts
    }
  }

  /// All elements in ascending order.
  func all(from replica: Replica, until deadline: Deadline) throws(DatabaseError) -> Read {
    switch replica {
    case .primary:
      return try pool.use(until: deadline) { (connection) throws(DatabaseError) in
        try Self.read(connection, deadline)
      }
    case .any:
      do {
        return try all(from: .primary, until: deadline.halfWay)
      } catch {
        return try Self.read(pool.connector.connect(.any, until: deadline), deadline)
      }
    case .host(let host):
      return try Self.read(pool.connector.connect(.any, to: host, until: deadline), deadline)
    }
  }

  private static func read(
    _ connection: Connection, _ deadline: Deadline
  ) throws(DatabaseError) -> Read {
    let rows = try connection.run("SELECT element FROM orders ORDER BY 1", [], until: deadline)
    return Read(elements: rows.values.compactMap { $0.first ?? nil }, host: connection.host)
  }

  /// The next value of the database's sequence.
  func nextID(until deadline: Deadline) throws(DatabaseError) -> Int64 {
    try pool.use(until: deadline) { (connection) throws(DatabaseError) in
      let rows = try connection.run(
        "SELECT nextval('order_ids')", [], confirmed: true, until: deadline)
      guard let id = rows.first.flatMap({ Int64($0) }) else { throw .unknown("no row came back") }
      return id
    }
  }

  /// Makes the table and the sequence where they are missing. The advisory lock lets two
  /// instances start at once; CREATE … IF NOT EXISTS alone is not safe against that.
  static func prepare(_ connection: Connection, until deadline: Deadline) throws(DatabaseError) {
    let rows = try connection.run(
      "SELECT to_regclass('orders') IS NOT NULL AND to_regclass('order_ids') IS NOT NULL", [],
      until: deadline)
    guard rows.first != "t" else { return }
    try connection.script(
      """
      BEGIN; SELECT pg_advisory_xact_lock(7713);
      CREATE TABLE IF NOT EXISTS orders (
        element bigint PRIMARY KEY, node text NOT NULL, posts integer NOT NULL DEFAULT 1);
      CREATE SEQUENCE IF NOT EXISTS order_ids;
      COMMIT
      """, until: deadline)
  }
}
