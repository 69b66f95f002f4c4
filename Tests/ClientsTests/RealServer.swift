import Foundation
import Glibc

/// A server that a test starts on a loopback port of its own, and that ends with it.
final class RealServer {
  let port = StubServer.deadPort()
  private let process = Process()
  private let folder: URL

  /// Whether the tests of a server can run here; the package that brings it is said where not.
  static let postgresql = "/usr/lib/postgresql/15/bin/postgres"
  static let redis = "/usr/bin/redis-server"
  static func isHere(_ path: String) -> Bool { access(path, X_OK) == 0 }

  /// A cluster of its own; the only user is postgres, whom nobody asks for a password.
  static func startPostgreSQL() throws -> RealServer {
    let server = try RealServer(user: "postgres")
    let tools = "/usr/lib/postgresql/15/bin"
    let data = server.folder.path + "/data"
    try server.run([
      "\(tools)/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale",
      "--no-sync",
    ])
    try server.start([
      postgresql, "-D", data, "-p", "\(server.port)", "-k", "", "-c", "listen_addresses=127.0.0.1",
      "-c", "fsync=off",
    ])
    return server
  }

  static func startRedis() throws -> RealServer {
    let server = try RealServer(user: "redis")
    try server.start([
      redis, "--bind", "127.0.0.1", "--port", "\(server.port)", "--save", "", "--dir",
      server.folder.path,
    ])
    return server
  }

  private let user: String

  private init(user: String) throws {
    self.user = user
    folder = URL(filePath: "/tmp").appending(path: "faultline-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if geteuid() == 0 {
      guard let account = getpwnam(user) else { throw CocoaError(.fileNoSuchFile) }
      chown(folder.path, account.pointee.pw_uid, account.pointee.pw_gid)
    }
  }

  deinit {
    if process.isRunning {
      // One cleans up behind itself; the other leaves nothing, and inherits a mask that holds signals back.
      kill(process.processIdentifier, user == "postgres" ? SIGINT : SIGKILL)
      process.waitUntilExit()
    }
    try? FileManager.default.removeItem(at: folder)
  }

  /// These servers refuse root, or should not run as it.
  private func prepare(_ process: Process, _ command: [String]) {
    let asUser =
      geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--init-groups"] : []
    let words = asUser + command
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]
  }

  private func run(_ command: [String]) throws {
    let process = Process()
    prepare(process, command)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
  }

  private func start(_ command: [String]) throws {
    prepare(process, command)
    try process.run()
  }
}
