import Foundation

/// A headless Chromium that is driven over its DevTools protocol, through a pipe: descriptor 3 takes commands, 4 gives
/// answers and events, each a JSON document that ends with a zero byte.
public final class BrowserPipe: @unchecked Sendable {
  /// What a command was answered with, or an event said.
  public typealias Members = [String: Any]

  public enum Failure: Error {
    case noAnswer(String)
    case refused(String, String)
  }

  private let folder: TemporaryFolder
  private let browser = Process()
  private let commands = Pipe()
  private let answers = Pipe()
  private let news = NSCondition()
  private var lastID = 0
  private var answered: [Int: Members] = [:]
  private var events: [(session: String, method: String, members: Members)] = []
  private var isOver = false

  /// Starts it, with nothing open.
  public init() throws {
    folder = try TemporaryFolder()
    let line = [
      "exec", Browser.path!, "--headless", "--no-sandbox", "--disable-gpu",
      "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
      "--disable-background-networking", "--remote-debugging-pipe",
      "--user-data-dir='\(folder.path)/profile'", "about:blank", "3<&0", "4>&1", "</dev/null",
      ">/dev/null", "2>/dev/null",
    ]
    browser.executableURL = URL(filePath: "/bin/sh")
    browser.arguments = ["-c", line.joined(separator: " ")]
    browser.standardInput = commands
    browser.standardOutput = answers
    try browser.run()
    // Else its end would not be seen.
    try answers.fileHandleForWriting.close()
    let reader = Foundation.Thread { [self] in read() }
    reader.start()
  }

  /// Ends it.
  public func close() {
    kill(browser.processIdentifier, SIGKILL)
    browser.waitUntilExit()
  }

  private func read() {
    var bytes = Data()
    while case let part = answers.fileHandleForReading.availableData, !part.isEmpty {
      bytes.append(part)
      while let end = bytes.firstIndex(of: 0) {
        take(bytes[bytes.startIndex..<end])
        bytes = Data(bytes[(end + 1)...])
      }
    }
    news.withLock {
      isOver = true
      news.broadcast()
    }
  }

  private func take(_ bytes: Data) {
    guard let said = try? JSONSerialization.jsonObject(with: bytes) as? Members else { return }
    news.withLock {
      if let id = said["id"] as? Int {
        answered[id] = said
      } else if let method = said["method"] as? String {
        let session = said["sessionId"] as? String ?? ""
        events.append((session, method, said["params"] as? Members ?? [:]))
      }
      news.broadcast()
    }
  }

  /// Asks for something and waits for the answer.
  ///
  /// - Parameter session: of a tab; nil asks the browser itself.
  @discardableResult
  public func send(_ method: String, _ members: Members = [:], session: String? = nil) throws
    -> Members
  {
    let id = news.withLock {
      lastID += 1
      return lastID
    }
    var command: Members = ["id": id, "method": method, "params": members]
    command["sessionId"] = session
    let bytes = try JSONSerialization.data(withJSONObject: command) + [0]
    try commands.fileHandleForWriting.write(contentsOf: bytes)
    let deadline = Date(timeIntervalSinceNow: 30)
    let answer: Members? = news.withLock {
      while answered[id] == nil, !isOver, news.wait(until: deadline) {}
      return answered.removeValue(forKey: id)
    }
    guard let answer else { throw Failure.noAnswer(method) }
    if let error = answer["error"] as? Members {
      throw Failure.refused(method, "\(error["message"] ?? "")")
    }
    return answer["result"] as? Members ?? [:]
  }

  /// What a tab has said of one kind so far.
  public func events(_ method: String, of session: String) -> [Members] {
    news.withLock { events.filter { $0.session == session && $0.method == method }.map(\.members) }
  }
}
