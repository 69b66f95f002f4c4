import Basics
import Histories
import Testing

@testable import Harness

struct SecretSearchTests {
  private static let server = InstanceID(node: "db-a", component: "database")
  private static let secrets = [
    (key: "password", value: Set(["hunter-22", "hunter-33"])),
    (key: "token", value: ["seven-of-nine"]),
  ]

  @Test func everySecretIsCountedAndPlaced() {
    let log = "begins\n\nwith hunter-22 and hunter-22\nand hunter-33"
    let found = SecretSearch.search(log, of: Self.server, for: Self.secrets)
    #expect(
      found == [
        Logged(Self.server, secret: "password", times: 3, line: 3, isWhole: true),
        Logged(Self.server, secret: "token", times: 0, line: 0, isWhole: true),
      ])
  }

  @Test func aLogThatWasCutIsNotWhole() {
    let log = "begins\n[faultline: 12 \(LogWatch.gap)]\nends"
    let found = SecretSearch.search(log, of: Self.server, for: Self.secrets)
    #expect(found.allSatisfy { !$0.isWhole && $0.times == 0 } && found.count == 2)
  }
}
