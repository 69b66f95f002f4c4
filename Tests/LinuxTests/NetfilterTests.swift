import Basics
import Glibc
import Testing

@testable import Linux

@Suite struct NetfilterTests {
  @Test(.enabled(if: geteuid() == 0, "needs root")) func theKernelTakesItAndSaysWhatItDoesNotTake()
    throws
  {
    try Thread.sync(named: "filter") {
      try Namespaces.unshare([.network])
      let netfilter = try Netfilter()
      try netfilter.masquerade(leavingBy: [try Netlink().link("lo").index])
      try netfilter.forgetConnections()
      // What is forgotten can be made once more.
      try netfilter.forgetTables()
      try netfilter.masquerade(leavingBy: [try Netlink().link("lo").index])
      try netfilter.forgetTables()
      try netfilter.forgetTables()
    }
    let refusal = try Thread.sync(named: "filter") { () throws -> Errno? in
      try Namespaces.unshare([.network])
      let netfilter = try Netfilter()
      try Thread.dropCapabilities()
      do throws(Errno) {
        try netfilter.forgetConnections()
        return nil
      } catch { return error }
    }
    #expect(refusal?.code == EPERM, "\(refusal.map { "\($0)" } ?? "it was taken")")
  }

  @Test func requestsHaveTheKernelsForm() {
    let request = NetlinkMessage.masquerading(7).finished(sequence: 3)
    #expect(request.number(at: 0, UInt32.self) == UInt32(request.count) && request.count % 4 == 0)
    #expect(request[4...5].elementsEqual([6, 10]), "a rule of nf_tables")
    // NFPROTO_INET, version 0, no resource.
    #expect(request[16..<20].elementsEqual([1, 0, 0, 0]))
    let attributes = NetlinkReply.parse(request)[0].attributes(after: 4)
    #expect(attributes[1] == Array("faultline".utf8) + [0])
    #expect(attributes[2] == Array("masquerading".utf8) + [0])
    let expressions = attributes[4 | 0x8000] ?? []
    for name in ["meta", "cmp", "masq"] {
      let text = Array(name.utf8) + [0]
      #expect(expressions.indices.contains { expressions[$0...].starts(with: text) }, "\(name)")
    }
    // The interface is compared in the machine's own order of bytes, all else is in the network's.
    let interface = withUnsafeBytes(of: UInt32(7)) { Array($0) }
    #expect(expressions.indices.contains { expressions[$0...].starts(with: interface) })
    #expect(NetlinkMessage.masquerading(7).asksForAnswer)
    #expect(!NetlinkMessage.batch(16).asksForAnswer)
  }
}
