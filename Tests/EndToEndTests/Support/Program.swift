import Foundation
import Testing

/// One program that a test started, with what it writes.
final class Program {
  let process: Spawned
  /// Everything it made that could outlive it.
  let traces: Traces
  private let output: URL
  private let errors: URL

  /// Starts it at once.
  init(
    _ path: String, _ arguments: [String], in folder: String = Machine.root,
    environment: [String: String?] = [:]
  ) throws {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "e2e-\(UUID().uuidString)")
    output = scratch.appendingPathExtension("out")
    errors = scratch.appendingPathExtension("err")
    var variables: [String: String?] = ProcessInfo.processInfo.environment
    for (name, value) in environment { variables[name] = .some(value) }
    for file in [output, errors] { try Data().write(to: file) }
    process = try Spawned(
      path, arguments, in: folder, environment: variables.compactMapValues(\.self),
      output: output, errors: errors)
    traces = Traces(of: process.processIdentifier)
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    for file in [output, errors] { try? FileManager.default.removeItem(at: file) }
  }

  var outputSoFar: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
  var errorsSoFar: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until it has written a text to its standard error.
  func await(_ text: String, within seconds: Double = 30) throws {
    let isThere = Wait.until(within: seconds) {
      traces.look()
      return errorsSoFar.contains(text) || !process.isRunning
    }
    try #require(
      isThere && errorsSoFar.contains(text),
      "waited for '\(text)'; it said: \(errorsSoFar)\(outputSoFar)")
  }

  /// Waits for its end.
  @discardableResult
  func finish(within seconds: Double = 90) throws -> Ended {
    let hasEnded = Wait.until(within: seconds) {
      traces.look()
      return !process.isRunning
    }
    if !hasEnded { kill(process.processIdentifier, SIGKILL) }
    try #require(hasEnded, "it did not end; it said: \(errorsSoFar)\(outputSoFar)")
    return Ended(
      code: process.code ?? -1, output: outputSoFar, errors: errorsSoFar)
  }

  struct Ended: CustomStringConvertible {
    let code: Int32
    let output: String
    let errors: String

    var description: String { "exit \(code)\n\(output)\n\(errors)" }
  }
}

extension Program {
  /// Runs `faultline` to its end, and makes sure that it left nothing behind.
  static func faultline(
    _ arguments: String..., in folder: String = Machine.root, environment: [String: String?] = [:],
    within seconds: Double = 90, at place: SourceLocation = #_sourceLocation
  ) throws -> Ended {
    let program = try Program(
      Machine.faultline, arguments, in: folder, environment: environment)
    let ended = try program.finish(within: seconds)
    program.traces.expectGone(at: place)
    return ended
  }

  /// Runs another program to its end.
  static func run(_ path: String, _ arguments: String..., within seconds: Double = 60) throws
    -> Ended
  {
    try Program(path, arguments).finish(within: seconds)
  }
}

enum Wait {
  /// Asks until it is so; false when the time is up.
  static func until(within seconds: Double, _ isSo: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if try isSo() { return true }
      usleep(20_000)
    }
    return try isSo()
  }
}
