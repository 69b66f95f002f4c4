import ServiceGround
import Testing

@testable import orders_api

@Suite struct ConfigurationTests {
  @Test func flagWinsOverTheEnvironment() throws {
    let read = try Configuration(
      arguments: ["--node", "web-a", "--listen", "10.0.0.1:80", "--timeout", "1.5s"],
      environment: ["ORDERS_API_NODE": "other", "ORDERS_API_NODE_BITS": "9"])
    #expect(read.node == "web-a")
    #expect(read.nodeBits == 9)
    #expect((read.address, read.port) == ("10.0.0.1", 80))
    #expect(read.timeout == .milliseconds(1500))
  }

  @Test(arguments: [
    ["--nod", "x"], ["--node"], ["--listen", "5000"], ["--ids", "random"], ["--timeout", "5"],
    ["--node-bits", "1024"], ["--node-bits", "-1"], ["--connections", "0"],
  ])
  func mistakeIsNamed(arguments: [String]) {
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(arguments: arguments, environment: [:])
    }
    #expect(error?.message.contains(arguments[0]) == true)
  }

  @Test func everyHostIsACandidate() throws {
    let connector = try Connector("host=10.0.0.1,10.0.0.2 port=5433 connect_timeout=1 user=u")
    #expect(connector.servers.map(\.host) == ["10.0.0.1", "10.0.0.2"])
    #expect(connector.servers.map(\.port) == ["5433", "5433"])
    #expect(throws: ConfigurationError.self) { try Connector("hosst=a") }
    #expect(throws: ConfigurationError.self) { try Connector("user=u") }
  }
}
