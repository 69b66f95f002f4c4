import Basics
import Glibc
import Links
import Linux
import Testing

@testable import Fabric

extension OnTheMachine {
  @Suite struct CaptureTests {
    @Test(.enabled(if: Shell.has("tcpdump"), "needs tcpdump"))
    func anyReaderOpensIt() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let file = "/tmp/faultline-capture-\(getpid()).pcap"
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
      }
    }

    @Test func headersOnlyIsSmallAndAFilterLeavesOut() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let file = "/tmp/faultline-headers-\(getpid()).pcap"
        defer { unlink(file) }
        let capture = try Capture(
          path: file, filter: CaptureFilter(segments: [Lab.segment], nodes: ["a"]),
          clock: lab.fabric.clock)
        lab.fabric.add(capture)
        #expect(lab.exchangeDatagrams(10, from: 0, to: 1, bytes: 1000).count == 10)
        #expect(lab.exchangeDatagrams(10, from: 1, to: 0, bytes: 1000).count == 10)
        lab.fabric.stop()
        #expect(capture.close().writtenFrames == 10)
        var status = stat()
        stat(file, &status)
        #expect(Int(status.st_size) == 24 + 10 * (16 + 42))
      }
    }

    @Test func stampsAreTheRunsOwn() throws {
      try Lab.with { lab in
        try lab.introduceAll()
        let file = "/tmp/faultline-stamps-\(getpid()).pcap"
        defer { unlink(file) }
        let capture = try Capture(path: file, clock: lab.fabric.clock)
        lab.fabric.add(capture)
        let before = lab.fabric.clock.wallOrigin + lab.fabric.clock.now.nanoseconds
        #expect(lab.countDatagrams(1, from: 0, to: 1) == 1)
        let after = lab.fabric.clock.wallOrigin + lab.fabric.clock.now.nanoseconds
        lab.fabric.remove(capture)
        capture.close()
        let bytes = try Shell.bytes(of: file)
        let seconds = bytes[24..<28].reversed().reduce(0) { $0 << 8 | Int64($1) }
        let nanoseconds = bytes[28..<32].reversed().reduce(0) { $0 << 8 | Int64($1) }
        let stamp = seconds * 1_000_000_000 + nanoseconds
        #expect(stamp >= before && stamp <= after)
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
