import Basics
import Packets
import Testing

struct ReadingTests {
  @Test(arguments: [
    (FrameBuilder.arp(operation: 1, senderIP: 1, targetIP: 2), ARPPacket.Kind.request),
    (FrameBuilder.arp(operation: 2, senderIP: 1, targetIP: 2), .reply),
    (FrameBuilder.arp(operation: 1, senderIP: 7, targetIP: 7), .gratuitous),
    (FrameBuilder.arp(operation: 2, senderIP: 7, targetIP: 7), .gratuitous),
    (FrameBuilder.arp(operation: 1, senderIP: 0, targetIP: 7), .probe),
  ])
  func arpSaysWhatItIs(frame: [UInt8], kind: ARPPacket.Kind) throws {
    let packet = try #require(ARPPacket(frame))
    #expect(packet.kind == kind)
    #expect(packet.senderMAC == MAC(bits: 0x0200_0000_0001))
  }

  @Test func aTruncatedFrameIsNotRead() {
    let arp = FrameBuilder.arp(operation: 1, senderIP: 1, targetIP: 2)
    let tcp = FrameBuilder.tcp(payload: [])
    for count in 0..<42 { #expect(ARPPacket(Array(arp[..<count])) == nil) }
    for count in 0..<34 { #expect(IPv4Header(Array(tcp[..<count])) == nil) }
    for count in 0..<14 { #expect(EthernetHeader(Array(tcp[..<count])) == nil) }
  }

  @Test func headersAreRead() throws {
    let frame = FrameBuilder.tcp(payload: [1, 2, 3])
    let ethernet = try #require(EthernetHeader(frame))
    #expect(ethernet.type == .ipv4)
    #expect(ethernet.target.description == "02:00:00:00:00:02")
    #expect(!ethernet.target.isMulticast && MAC.broadcast.isMulticast)
    let ip = try #require(IPv4Header(frame))
    #expect(ip.source == IPv4(text: "10.0.0.1"))
    #expect(ip.target.description == "10.0.0.2")
    #expect(ip.transport == .tcp)
    #expect(ip.totalBytes == frame.count - 14)
    let ports = try #require(Ports(frame, ip))
    #expect(ports.source == 5000 && ports.target == 80)
  }

  static let long = [UInt8](repeating: 9, count: 1000)
  static let frames: [(frame: [UInt8], headers: Int)] = [
    (FrameBuilder.tcp(payload: long), 14 + 20 + 32),
    (FrameBuilder.tcp(isIPv6: true, payload: long), 14 + 40 + 32),
    (FrameBuilder.udp(payload: long), 14 + 20 + 8),
    (FrameBuilder.ip(transport: 112, [UInt8](repeating: 9, count: 20)), 54),
    (FrameBuilder.ip(transport: 1, long), 128),
    (FrameBuilder.arp(operation: 1, senderIP: 1, targetIP: 2), 42),
    ([1, 2, 3], 3),
  ]

  @Test(arguments: frames)
  func headersOnlyKeepsTheHeaders(frame: [UInt8], headers: Int) {
    #expect(headerExtent(frame) == headers)
  }
}
