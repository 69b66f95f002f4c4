import Basics
import Glibc
import Links
import Linux
import Packets
import Testing

@testable import Fabric

extension OnTheMachine {
  @Suite struct CaptureTests {
    @Test(.enabled(if: Shell.has("tcpdump"), "needs tcpdump"))
    func anyReaderOpensIt() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let file = "/tmp/faultline-capture-\(getpid()).pcapng"
        defer { unlink(file) }
        let capture = try Capture(
          path: file, filter: CaptureFilter(keepsPayload: true), clock: lab.fabric.clock)
        lab.fabric.add(capture)
        lab.fabric.impair("partition", [Path(from: ["a"], to: ["b"])], .cut)
        lab.sendDatagrams(5, from: 0, to: 1)
        #expect(try eventually { try lab.counters(0, 1).dropped.cut == 5 })
        lab.fabric.lift("partition")
        #expect(try lab.transfer(megabytes: 1) == 1 << 20)
        lab.fabric.remove(capture)
        let summary = capture.close()
        #expect(summary.failure == nil && summary.lostFrames == 0 && summary.writtenFrames > 5)
        let lines = try Shell.read("tcpdump -nn -vv --nano -r \(file) 2>/dev/null")
        let cut = lines.split(separator: "\n").filter { $0.contains("10.0.0.2.7000") }
        #expect(cut.count == 5, "what was cut is seen as it was sent")
        #expect(!lines.contains("bad udp cksum") && lines.contains("udp sum ok"))
        #expect(!lines.contains("incorrect"))
        let read = try CapturedFile(file)
        #expect(read.complaint == nil && UInt64(read.packets.count) == summary.writtenFrames)
      }
    }

    /// Every byte that TCP carried is in the file, whatever the fabric did to the frames meanwhile.
    @Test func aCaptureInFullHasEveryByte() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let file = "/tmp/faultline-full-\(getpid()).pcapng"
        defer { unlink(file) }
        let capture = try Capture(
          path: file, filter: CaptureFilter(nodes: ["a"], keepsPayload: true),
          clock: lab.fabric.clock)
        lab.fabric.add(capture)
        let weather = with {
          $0.loss = Ratio(0.001)
          $0.corruption = Ratio(0.001)
          $0.jitter = .microseconds(200)
        }
        lab.fabric.impair("weather", [Path(from: ["a"], to: ["b"])], weather)
        #expect(try lab.transfer(megabytes: 8) == 8 << 20)
        lab.fabric.remove(capture)
        #expect(capture.close().lostFrames == 0)
        let read = try CapturedFile(file)
        #expect(read.complaint == nil)
        var stream = TCPStream()
        for packet in read.packets { stream.take(packet.bytes) }
        #expect(stream.bytes.count == 8 << 20)
        let isRight = stream.bytes.indices.allSatisfy {
          stream.bytes[$0] == UInt8(truncatingIfNeeded: ($0 % (1 << 20)) % 251)
        }
        #expect(isRight, "what was sent is kept as it was sent, damaged later or not")
      }
    }

    @Test func headersOnlyIsSmallAndAFilterLeavesOut() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let file = "/tmp/faultline-headers-\(getpid()).pcapng"
        defer { unlink(file) }
        let capture = try Capture(
          path: file, filter: CaptureFilter(segments: [Lab.segment], nodes: ["a"]),
          clock: lab.fabric.clock)
        lab.fabric.add(capture)
        #expect(lab.exchangeDatagrams(10, from: 0, to: 1, bytes: 1000).count == 10)
        #expect(lab.exchangeDatagrams(10, from: 1, to: 0, bytes: 1000).count == 10)
        lab.fabric.stop()
        #expect(capture.close().writtenFrames == 10)
        let packets = try CapturedFile(file).packets
        #expect(packets.map(\.keptBytes) == Array(repeating: 42, count: 10))
        #expect(packets.map(\.originalBytes) == Array(repeating: 1042, count: 10))
        let blocks = try PcapngFile(file)
        #expect(blocks.interfaces == ["a@lan"] && blocks.lost == [0])
      }
    }

    @Test func stampsAreTheRunsOwn() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let file = "/tmp/faultline-stamps-\(getpid()).pcapng"
        defer { unlink(file) }
        let capture = try Capture(path: file, clock: lab.fabric.clock)
        lab.fabric.add(capture)
        let before = lab.fabric.clock.wallOrigin + lab.fabric.clock.now.nanoseconds
        #expect(lab.countDatagrams(1, from: 0, to: 1) == 1)
        let after = lab.fabric.clock.wallOrigin + lab.fabric.clock.now.nanoseconds
        lab.fabric.remove(capture)
        capture.close()
        let stamp = try #require(try CapturedFile(file).packets.first).stamp
        #expect(stamp >= before && stamp <= after)
      }
    }

    @Test func commentsStandAtTheNextFrameAndThoseOfNoneAtTheEnd() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let file = "/tmp/faultline-comments-\(getpid()).pcapng"
        defer { unlink(file) }
        let capture = try Capture(path: file, clock: lab.fabric.clock)
        lab.fabric.add(capture)
        #expect(lab.countDatagrams(1, from: 0, to: 1) == 1)
        lab.fabric.comment("cut")
        lab.fabric.comment("it is cut")
        #expect(lab.countDatagrams(2, from: 1, to: 0) == 2)
        lab.fabric.comment("healed")
        lab.fabric.remove(capture)
        capture.close()
        let blocks = try PcapngFile(file)
        #expect(blocks.packets.map(\.comments) == [[], ["cut", "it is cut"], []])
        #expect(blocks.interfaces == ["a@lan", "b@lan"])
        let ends = blocks.blocks.filter { $0.type == 5 }.map(\.comments)
        #expect(ends == [["healed"], []])
        #expect(try CapturedFile(file).packets.count == 3)
      }
    }

    @Test func aRingKeepsItsNewestFilesEachWhole() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let base = "/tmp/faultline-ring-\(getpid())"
        defer { system("rm -f \(base)*") }
        let capture = try Capture(
          path: base + ".pcapng", filter: CaptureFilter(keepsPayload: true),
          ring: CaptureRing(fileBytes: 2 << 20, files: 3), clock: lab.fabric.clock)
        lab.fabric.add(capture)
        #expect(try lab.transfer(megabytes: 16) == 16 << 20)
        lab.fabric.remove(capture)
        #expect(capture.close().failure == nil)
        let names = try Shell.read("ls \(base)*").split(separator: "\n").map(String.init)
        let numbers = names.map { Int($0.dropFirst(base.count + 1).prefix(5)) ?? 0 }
        let last = try #require(numbers.last)
        #expect(numbers == [last - 2, last - 1, last] && last > 6, "\(names)")
        var stamps: [Int64] = []
        for name in names {
          #expect(try Shell.bytes(of: name).count <= 2 << 20)
          let read = try CapturedFile(name)
          #expect(read.complaint == nil && !read.packets.isEmpty)
          #expect(try PcapngFile(name).interfaces == ["a@lan", "b@lan"])
          stamps += read.packets.map(\.stamp)
        }
        #expect(stamps == stamps.sorted())
      }
    }

    @Test func aFullDiskIsAnErrorAndNotACrash() throws {
      try Lab.with { lab in
        let capture = try Capture(path: "/dev/full", clock: lab.fabric.clock)
        lab.fabric.add(capture)
        #expect(try lab.transfer(megabytes: 8) == 8 << 20)
        lab.fabric.remove(capture)
        let summary = capture.close()
        #expect(summary.failure?.description.contains("No space left") == true)
        #expect(summary.lostFrames > 0)
      }
    }
  }
}

/// What one direction of a TCP connection carried, put together from its packets.
private struct TCPStream {
  private(set) var bytes: [UInt8] = []
  private var first: UInt32?

  mutating func take(_ frame: [UInt8]) {
    guard frame.count > 54, frame[23] == 6 else { return opened(by: frame) }
    opened(by: frame)
    guard let first else { return }
    let start = 34 + Int(frame[46] >> 4) * 4
    let end = 14 + (Int(frame[16]) << 8 | Int(frame[17]))
    guard start < end, end <= frame.count else { return }
    let offset = Int(Self.sequence(of: frame) &- first)
    if bytes.count < offset + end - start {
      bytes += Array(repeating: 0, count: offset + end - start - bytes.count)
    }
    bytes.replaceSubrange(offset..<offset + end - start, with: frame[start..<end])
  }

  private mutating func opened(by frame: [UInt8]) {
    guard frame.count >= 54, frame[23] == 6, frame[47] & 2 != 0 else { return }
    first = Self.sequence(of: frame) &+ 1
  }

  private static func sequence(of frame: [UInt8]) -> UInt32 {
    frame[38..<42].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

enum Shell {
  static func has(_ tool: String) -> Bool { system("command -v \(tool) >/dev/null") == 0 }

  /// What a command line prints.
  static func read(_ line: String) throws -> String {
    let file = "/tmp/faultline-shell-\(getpid())"
    defer { unlink(file) }
    #expect(system("\(line) >\(file)") == 0)
    return String(decoding: try bytes(of: file), as: UTF8.self)
  }

  static func bytes(of path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&block, 1, block.count, file)
      guard count > 0 else { return bytes }
      bytes += block[..<count]
    }
  }
}
