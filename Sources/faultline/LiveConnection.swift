import Basics
import Glibc
import Harness
import Linux
import Nodes
import YAML

/// The way to a stack that is up: one request, one answer.
struct LiveConnection: ~Copyable {
  let living: Living
  private let client: ControlClient

  var name: String { living.name }

  /// The stack of that name, or the only one that is up, whatever reports folder it writes to.
  ///
  /// - Parameters:
  ///   - wanted: its name; nil for any.
  ///   - reports: what `--reports` says; nil for every folder.
  ///   - isToSteer: it is asked to do something, so runs that follow their experiments are not meant where there is one
  ///     that people steer.
  /// - Throws: `UsageError` when there is none, or more than one to choose from.
  static func open(
    _ wanted: String?, reports: String?, toSteer isToSteer: Bool = false
  ) throws -> LiveConnection {
    let project = try Project.here()
    let registry = LiveRegistry(orIn: try project.reports(reports))
    let within = try reports.map { try project.reports($0) }
    let living = try registry.living().filter { one in
      within.map { isSame($0, one.reports) } ?? true
    }
    let named = living.filter { wanted == nil || $0.name == wanted }
    let steered = named.filter(\.isSteered)
    let matching = isToSteer && !steered.isEmpty ? steered : named
    guard let one = matching.first else {
      if let obstacle = registry.obstacle { standardError("warning: \(obstacle)\n") }
      throw none(wanted, living, reports: within)
    }
    guard matching.count == 1 else { throw several(matching) }
    return LiveConnection(living: one, client: try client(of: one))
  }

  private static func client(of one: Living) throws -> ControlClient {
    do throws(NodesError) {
      return try ControlClient(at: one.socket)
    } catch {
      guard case .system(let errno) = error, errno.code == EACCES || errno.code == EPERM else {
        throw error
      }
      throw UsageError(
        "\(one.name) is up, but belongs to another user: its socket \(one.socket) may not be opened"
      )
    }
  }

  private static func isSame(_ a: String, _ b: String) -> Bool {
    if a == b { return true }
    guard let first = try? Files.inode(a), let second = try? Files.inode(b) else { return false }
    return first == second
  }

  private static func none(_ wanted: String?, _ living: [Living], reports: String?) -> UsageError {
    let place = reports.map { " that writes to \($0)" } ?? ""
    guard let wanted else {
      return UsageError("no stack is up\(place); faultline up STACK brings one up")
    }
    let near = Suggestion.nearest(to: wanted, among: living.map(\.name))
    let hint = near.map { "; did you mean '\($0)'?" }
    let names = living.map(\.name).joined(separator: ", ")
    return UsageError(
      "no stack '\(wanted)' is up\(place)" + (hint ?? (names.isEmpty ? "" : "; up: \(names)")))
  }

  /// Names them with their folders: the same stack may be up twice.
  private static func several(_ living: [Living]) -> UsageError {
    let lines = Columns.aligned(living.map { ["  " + $0.name, "--reports \($0.reports)"] })
    return UsageError(
      "several stacks are up; choose one by its name, or by its folder with --reports:\n"
        + lines.joined(separator: "\n"))
  }

  /// Asks for something and waits for the answer.
  ///
  /// - Throws: `UsageError` with what the stack said when it refused.
  func ask(_ request: LiveRequest, files: [Int32] = []) throws -> YAMLNode {
    try Self.read(client.ask(Self.bytes(request), files: files))
  }

  /// The answer as it came.
  ///
  /// - Throws: `UsageError` with what the stack said when it refused.
  func text(_ request: LiveRequest) throws -> String {
    let bytes = try client.ask(Self.bytes(request))
    _ = try Self.read(bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Asks with open files and returns at once.
  func begin(_ request: LiveRequest, files: [Int32]) throws {
    try client.begin(Self.bytes(request), files: files)
  }

  /// To poll for the answer to what was begun.
  var descriptor: Int32 { client.descriptor }

  /// Says that what was begun has gone on for long enough; it can still be answered.
  func finishAsking() { client.finishAsking() }

  /// Waits for the answer to what was begun.
  func answer() throws -> [UInt8] { try client.answer() }

  private static func bytes(_ request: LiveRequest) -> [UInt8] {
    Array(request.json.text().utf8)
  }

  static func read(_ answer: [UInt8]) throws -> YAMLNode {
    let document = try YAMLNode.parse(answer, file: "answer")
    if let refusal = document["error"]?.text { throw UsageError(refusal) }
    return document
  }
}

extension Option {
  static let stack = Option(
    name: "stack", value: "NAME", summary: "Which stack, where several are up.")
  static let liveReports = Option(
    name: "reports", value: "DIR", summary: "Only stacks that write to this folder.")
}
