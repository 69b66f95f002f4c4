import Basics
import Harness
import Linux
import Nodes
import YAML

/// The way to a stack that is up: one request, one answer.
struct LiveConnection: ~Copyable {
  let name: String
  private let client: ControlClient

  /// The stack of that name, or the only one that is up. Sockets of stacks that were killed are
  /// cleared away on the way.
  ///
  /// - Throws: `UsageError` when there is none, or more than one to choose from.
  static func open(_ wanted: String?, reports: String) throws -> LiveConnection {
    let folder = LiveFolder(in: reports)
    var living: [String] = []
    for name in try folder.names() {
      if (try? ControlClient(at: folder.socket(name))) != nil {
        living.append(name)
      } else {
        try folder.forget(name)
      }
    }
    let matching = living.filter { wanted == nil || $0 == wanted }
    guard let name = matching.first else {
      throw UsageError(
        wanted.map { "no stack '\($0)' is up" }
          ?? "no stack is up; faultline up STACK brings one up")
    }
    guard matching.count == 1 else {
      throw UsageError(
        "several stacks are up; say --stack with one of \(living.joined(separator: ", "))")
    }
    return LiveConnection(name: name, client: try ControlClient(at: folder.socket(name)))
  }

  /// Sends words and waits for the answer.
  ///
  /// - Throws: `UsageError` with what the stack said when it refused.
  func ask(_ words: [String], files: [Int32] = []) throws -> YAML.Node {
    let answer = try client.ask(Array(words.joined(separator: "\n").utf8), files: files)
    let document = try YAML.Node.parse(answer, file: "answer")
    if let refusal = document["error"]?.text { throw UsageError(refusal) }
    return document
  }

  /// The answer as it came.
  func text(_ words: [String]) throws -> String {
    String(decoding: try client.ask(Array(words.joined(separator: "\n").utf8)), as: UTF8.self)
  }
}

extension Option {
  static let stack = Option(
    name: "stack", value: "NAME", summary: "Which stack, where several are up.")
}
