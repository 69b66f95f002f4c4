import Basics
import Linux
import Testing

@Suite struct SocketTableTests {
  @Test func establishedConnectionsAreReadOfBothFamilies() {
    let text = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
         0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
         1: 01034D0A:1538 0109000A:C350 01 00000000:00000000 00:00000000 00000000     0
         2: 01034D0A:1538 0109000A:C351 08 00000000:00000000 00:00000000 00000000     0
         0: 0000000000000000FFFF000001034D0A:0050 0000000000000000FFFF00000109000A:D431 01 0:0
         1: 770000FD000000000000000001000300:1538 770000FD000000000000000001000900:C352 01 0:0
      """
    let ends = SocketTable(text).established
    #expect(
      ends.map(\.local) == [
        .init(IPAddress(text: "10.77.3.1")!, 5432), .init(IPAddress(text: "10.77.3.1")!, 80),
        .init(IPAddress(text: "fd00:77::3:1")!, 5432),
      ])
    #expect(
      ends.map(\.remote) == [
        .init(IPAddress(text: "10.0.9.1")!, 50000), .init(IPAddress(text: "10.0.9.1")!, 54321),
        .init(IPAddress(text: "fd00:77::9:1")!, 50002),
      ])
  }

  @Test(arguments: ["", "x", "0: 1:2 3:4 01", "0: ZZZZZZZZ:0050 0109000A:C350 01 0"])
  func whatIsNoSocketIsLeftOut(text: String) {
    #expect(SocketTable(text).established.isEmpty)
  }

  @Test(arguments: [([], 0), ([0, 1, 2], 3), ([0, 2], 1), ([1], 0), ([0, 1, 2, 7, 9], 3)])
  func theNextFileGetsTheLowestFreeNumber(open: [Int], next: Int) {
    #expect(ProcessFiles.next(after: open) == next)
  }
}
