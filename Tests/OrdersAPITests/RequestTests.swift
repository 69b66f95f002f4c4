import ServiceGround
import Testing

@testable import orders_api

@Suite struct RequestTests {
  @Test(
    arguments: [
      ("42", 42), (" 42\n", 42), ("-7", -7), ("0", 0), ("{\"element\":5}", 5),
      ("{ \"element\" : 5 }", 5), ("9223372036854775807", Int64.max),
    ] as [(String, Int64)])
  func elementIsRead(text: String, element: Int64) {
    #expect(order(text).element == element)
  }

  @Test(arguments: [
    "", "x", "4 2", "4.0", "+4", "1e3", "[4]", "{\"element\":}", "{\"order\":4}", "{4}", "{}", "{",
    "{\"element\":4,\"more\":1}", "9223372036854775808", "4\u{0}", "{\"element\":\"4\"}",
  ])
  func anythingElseIsRefused(text: String) {
    #expect(order(text).element == nil)
  }

  @Test func brokenTextIsRefused() {
    #expect(ServerRequest(method: "POST", path: "/orders", body: [0xff, 0x34]).element == nil)
  }

  private func order(_ text: String) -> ServerRequest {
    ServerRequest(method: "POST", path: "/orders", body: Array(text.utf8))
  }
}
