public import Basics
internal import Histories
public import Workloads

/// One line that is written to a driver.
public enum DriverRequest: Hashable, Sendable {
  /// The version of the protocol; a driver that knows another refuses it.
  public static let version = 1

  /// The first line: where the driver is, what it was told, and what will be asked of it.
  case initialize(node: String, options: JSON, functions: [WorkloadFunction])
  /// Once in a run, before any operation: whatever must be there. It may come again.
  case setUp(url: String)
  /// A new client of the service at a URL; it connects when it must.
  case open(client: Int, url: String)
  /// One operation. A client has one in flight; the answer repeats both numbers.
  case invoke(client: Int, id: Int, Invocation, deadline: Duration)
  /// The client is gone; what it has in flight is of no interest any more.
  case close(client: Int)

  /// As JSON, with its line feed.
  public var line: String { json.text() + "\n" }

  private var json: JSON {
    switch self {
    case .initialize(let node, let options, let functions):
      [
        "type": "init", "version": .integer(Self.version), "node": .string(node),
        "options": options, "functions": .array(functions.map(Self.account)),
      ]
    case .setUp(let url): ["type": "setup", "url": .string(url)]
    case .open(let client, let url):
      ["type": "open", "client": .integer(client), "url": .string(url)]
    case .invoke(let client, let id, let invocation, let deadline):
      [
        "type": "invoke", "client": .integer(client), "id": .integer(id),
        "function": .string(invocation.function.name), "key": invocation.key.json,
        "value": invocation.argument.json, "deadline_ms": .number(deadline.milliseconds),
      ]
    case .close(let client): ["type": "close", "client": .integer(client)]
    }
  }

  private static func account(_ function: WorkloadFunction) -> JSON {
    [
      "name": .string(function.name), "argument": .string("\(function.signature.argument)"),
      "result": .string("\(function.signature.result)"), "reads": .bool(function.isRead),
    ]
  }
}
