import Testing
import ServiceGround

@testable import twosite_store

/// The command line of the store.
@Suite struct StoreSettingsTests {
  private static let usual = [
    "--name", "a", "--peers", "a@x=10.0.0.1:7200,b@y=10.0.0.2:7200,c@z=10.0.0.3:7200",
    "--data", "/tmp/a", "--secret-file", "secret",
  ]

  private static func read(_ more: [String]) throws(ConfigurationError) -> StoreSettings {
    try StoreSettings(arguments: usual + more, environment: [:]) {
      $0 == "secret" ? Array(" 0123456789abcdef\n".utf8) : nil
    }
  }

  @Test func everythingIsRead() throws {
    let settings = try Self.read([
      "--mode", "raft", "--listen", "10.0.0.1:80", "--line", "10.0.0.1:81", "--timeout", "1s",
      "--heartbeat", "20ms", "--election", "200ms", "--lease", "300ms",
      "--defect", "write-skew,dirty-read", "--defect", "none",
    ])
    #expect(settings.membership.own.site == "x")
    #expect(settings.membership.secret.count == 16)
    #expect(settings.membership.timings.election == .milliseconds(200))
    #expect(settings.membership.defects == [.writeSkew, .dirtyRead])
    #expect(settings.line.port == 81)
    #expect(settings.timeout == .seconds(1))
  }

  @Test(arguments: [
    ["--mode", "paxos"], ["--peers", "a"], ["--defect", "wrong"], ["--secret-file", "none"],
    ["--timeout", "5"], ["--listen", "80"], ["--witness", "d"],
  ])
  func aMistakeIsNamedWithItsFlag(arguments: [String]) {
    let error = #expect(throws: ConfigurationError.self) { try Self.read(arguments) }
    #expect(error?.message.contains(arguments[0]) == true)
  }

  @Test func whatIsMissingIsNamed() {
    let error = #expect(throws: ConfigurationError.self) {
      try StoreSettings(arguments: [], environment: [:]) { _ in nil }
    }
    #expect(error?.message.contains("--name is missing") == true)
  }
}
