import Foundation
import Glibc
import ServiceGround

@testable import orders_api

/// A PostgreSQL server of the test's own: a private folder, a private Unix socket, no TCP.
final class TestDatabase: Sendable {
  static let tools = "/usr/lib/postgresql/15/bin/"

  static var isPossible: Bool {
    geteuid() == 0 && access(tools + "postgres", X_OK) == 0 && getpwnam("postgres") != nil
      && access("/usr/bin/setpriv", X_OK) == 0
  }

  private let folder: String
  private let server: Process

  static func run(_ body: (TestDatabase) throws -> Void) throws {
    let database = try TestDatabase()
    defer { database.remove() }
    try body(database)
  }

  static func run(_ body: (TestDatabase) async throws -> Void) async throws {
    let database = try TestDatabase()
    defer { database.remove() }
    try await body(database)
  }

  private init() throws {
    var template = Array("/tmp/orders-api-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    let user = getpwnam("postgres").pointee
    chown(folder, user.pw_uid, user.pw_gid)
    let initdb = try Self.start(
      "initdb",
      ["-D", folder + "/data", "-A", "trust", "--no-sync", "--no-locale", "--wal-segsize=1"])
    initdb.waitUntilExit()
    server = try Self.start(
      "postgres",
      ["-D", folder + "/data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"])
    let deadline = Deadline.after(.seconds(20))
    while (try? connect()) == nil {
      guard !deadline.hasPassed, server.isRunning else { throw CocoaError(.executableLoad) }
      Clock.pause(microseconds: 20_000)
    }
  }

  func connect() throws -> Connection {
    try connector().connect(.readWrite, until: .after(.seconds(5)))
  }

  /// Another instance of the service: a pool of its own, and the tables made.
  func prepared() throws -> Orders {
    try Orders.prepare(connect(), until: .after(.seconds(5)))
    return Orders(pool: try pool(), node: "test")
  }

  func pool() throws -> Pool { Pool(try connector(), limit: 4) }

  /// An immediate shutdown: every session breaks off, nothing is finished.
  func kill() {
    Glibc.kill(server.processIdentifier, SIGQUIT)
    server.waitUntilExit()
  }

  private func connector() throws -> Connector {
    try Connector("host=\(folder) user=postgres dbname=postgres")
  }

  private func remove() {
    if server.isRunning { kill() }
    do {
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      print("cannot remove \(folder): \(error)")
    }
  }

  private static func start(_ tool: String, _ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    process.arguments =
      ["--reuid", "postgres", "--regid", "postgres", "--init-groups", tools + tool] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }
}
