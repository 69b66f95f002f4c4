import Basics
import ServiceGround

/// Whether a policy may be stored: its sizes, its package, and that it compiles, as the policy engine says.
struct PolicyCheck: Sendable {
  /// In bytes: 512 KiB of Rego.
  static let largestRego = 512 << 10
  /// In bytes: 1 MiB of data.
  static let largestData = 1 << 20
  private static let patience = Duration.milliseconds(300)

  /// The nearest first.
  let engines: [ServiceCall.Place]

  /// - Parameter name: the project's; nil for the platform's.
  func check(
    _ policy: StoredPolicy, of name: String?, until deadline: Deadline
  ) throws(ServiceRefusal) {
    guard policy.rego.utf8.count <= Self.largestRego else {
      throw .init(413, "a policy is at most 512 KiB of Rego")
    }
    guard policy.data.text().utf8.count <= Self.largestData else {
      throw .init(413, "a policy's data are at most 1 MiB")
    }
    guard case .object = policy.data else { throw .init(400, "'data' must be an object") }
    guard !policy.rego.isEmpty else { return }
    let package = name.map { "package rules.\($0)" } ?? "package platform"
    let lines = policy.rego.split(whereSeparator: \.isNewline)
    guard lines.contains(where: { $0 == package }) else {
      throw .init(400, "the policy must have the line '\(package)'")
    }
    try compile(policy.rego, until: deadline)
  }

  private func compile(_ rego: String, until deadline: Deadline) throws(ServiceRefusal) {
    let body: JSON = ["module": .string(rego)]
    let call = ServiceCall("POST", "/v1/check", body: body.text())
    for engine in engines where !deadline.hasPassed {
      guard let answer = try? call.ask(engine, until: .after(Self.patience)) else { continue }
      switch answer.status {
      case 200: return
      case 400:
        let problem = (try? JSON(reading: answer.body))?["error"]
        throw .init(400, "the policy does not compile: \((problem ?? .null).text().prefix(300))")
      default: continue
      }
    }
    throw .unavailable("no policy engine answers that could compile the policy")
  }
}
