import Basics
import Glibc
import ServiceGround

/// Faultline's driver for twosite-store: JSON lines in and out (fixtures/drivers/README.md), the line protocol to the
/// store (fixtures/drivers/twosite/protocol.md), and a thread for each client.
@main struct TwositeDriver {
  private static let version: JSON = 1

  private var options = DriverOptions(.null, functions: [])
  private var clients: [Int64: StoreClient] = [:]

  static func main() {
    if CommandLine.arguments.dropFirst() == ["--version"] { return print("twosite-driver 1.0") }
    signal(SIGPIPE, SIG_IGN)
    var driver = TwositeDriver()
    while let line = readLine() {
      guard !line.isEmpty else { continue }
      guard let message = try? JSON(reading: line) else {
        return complain("this is not JSON: \(line.prefix(80))")
      }
      driver.take(message)
    }
  }

  private mutating func take(_ message: JSON) {
    switch message["type"] {
    case "init": initialize(message)
    case "setup": prepare(message)
    case "open": open(message)
    case "invoke": invoke(message)
    case "close": message.number("client").map { clients.removeValue(forKey: $0)?.close() }
    default: Self.complain("there is no message \(message["type"]?.text() ?? "without a type")")
    }
  }

  private mutating func initialize(_ message: JSON) {
    guard message["version"] == Self.version else {
      Self.complain("this driver speaks version 1 of the protocol only")
      exit(1)
    }
    var functions: [JSON] = []
    if case .array(let all)? = message["functions"] { functions = all }
    options = DriverOptions(message["options"] ?? .null, functions: functions)
    DriverOutput.write([
      "type": "init_ok", "functions": .strings(StoreFunctions.names),
    ])
  }

  private func prepare(_ message: JSON) {
    let url = message.text("url") ?? ""
    Background.run { [options] in
      let answer = StoreFunctions(options, url, client: 0)?.setUp(until: .after(.seconds(5)))
      switch answer {
      case .ok: DriverOutput.write(["type": "setup_ok"])
      case .fail(let code, let text), .info(let code, let text, _):
        DriverOutput.write([
          "type": "setup_failed", "error": ["code": .string(code), "text": .string(text)],
        ])
      case nil:
        DriverOutput.write([
          "type": "setup_failed",
          "error": ["code": "malformed-request", "text": "twosite://HOST:PORT is expected"],
        ])
      }
    }
  }

  private mutating func open(_ message: JSON) {
    guard let number = message.number("client") else { return }
    clients[number] = StoreClient(
      number, StoreFunctions(options, message.text("url") ?? "", client: number))
    DriverOutput.write(["type": "open_ok", "client": .integer(number)])
  }

  private func invoke(_ message: JSON) {
    guard let number = message.number("client"), let id = message.number("id") else { return }
    guard let client = clients[number] else {
      let unknown = DriverReply.fail("malformed-request", "this client is not open")
      return DriverOutput.write(unknown.message(client: number, id: id, server: nil))
    }
    client.invoke(message, id)
  }

  /// For the report; standard output belongs to the protocol.
  private static func complain(_ text: String) {
    let line = "twosite-driver: \(text)\n"
    _ = line.withCString { Glibc.write(STDERR_FILENO, $0, line.utf8.count) }
  }
}

/// Standard output, a line at a time from whatever thread.
enum DriverOutput {
  private static let turn = Semaphore(1)

  static func write(_ message: JSON) {
    let bytes = Array((message.text() + "\n").utf8)
    while !turn.wait(until: .after(.seconds(60))) {}
    defer { turn.signal() }
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes {
        Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
      }
      guard count > 0 || errno == EINTR else { exit(1) }
      done += max(count, 0)
    }
  }
}

extension JSON {
  func number(_ name: String) -> Int64? {
    if case .integer(let number)? = self[name] { number } else { nil }
  }

  func text(_ name: String) -> String? {
    if case .string(let text)? = self[name] { text } else { nil }
  }
}
