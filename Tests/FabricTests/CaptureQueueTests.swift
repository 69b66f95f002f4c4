import Basics
import Glibc
import Links
import Linux
import Packets
import Testing

@testable import Fabric

/// A capture that cannot keep up loses frames, and says so: no devices, and no thread that writes.
@Suite struct CaptureQueueTests {
  @Test(arguments: [false, true]) func whatFindsNoRoomIsCountedAndSaid(keepsPayload: Bool) throws {
    var bench = try CoreBench(segments: ["lan", "lan"])
    let queue = CaptureQueue(capacity: 2)
    let filter = CaptureFilter(keepsPayload: keepsPayload)
    var sink = CaptureSink(queue: queue, filter: filter, wallOrigin: 0)
    sink.consider(bench.core.ports, segments: bench.core.segments)
    bench.core.captures.append(sink)
    let frame: [UInt8] =
      [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x12, 0x34] + Array(repeating: 5, count: 986)
    var sent: UInt64 = 0
    while queue.lost[0] < 10 {
      bench.send(0, frame)
      _ = bench.arrived()
      sent += 1
    }
    let full = try #require(queue.next())
    let second = try #require(queue.next())
    #expect(UInt64(full.frames + second.frames) == sent - 10)
    queue.giveBack(full)
    queue.giveBack(second)
    bench.send(0, frame)
    bench.core.captures[0].finish()
    let last = try #require(queue.next())
    let text = unsafe String(decoding: last.blocks, as: UTF8.self)
    #expect(last.frames == 1 && text.contains("10 frames before this one are missing"))
    #expect(queue.lost == [10, 0])
    #expect(bench.arrived() == [0, 1], "what the capture lost has crossed the fabric all the same")
  }

  @Test func theFileSaysWhatItLacks() throws {
    let file = "/tmp/faultline-lacks-\(getpid()).pcapng"
    defer { unlink(file) }
    let queue = CaptureQueue()
    let clock = RunClock()
    let capture = try Capture(path: file, filter: CaptureFilter(), queue: queue, clock: clock)
    for name in ["a@lan", "b@lan"] { queue.addInterface(name) }
    for _ in 0..<7 { queue.countLost(of: 1) }
    let summary = capture.close()
    #expect(summary.lostFrames == 7 && summary.writtenFrames == 0)
    #expect(try PcapngFile(file).lost == [0, 7])
    #expect(try CapturedFile(file).packets.isEmpty)
  }

  @Test func manyCommentsAreSpreadOverPacketsAndLongOnesCut() throws {
    var bench = try CoreBench(segments: ["lan", "lan"])
    let queue = CaptureQueue()
    var sink = CaptureSink(queue: queue, filter: CaptureFilter(keepsPayload: true), wallOrigin: 0)
    sink.consider(bench.core.ports, segments: bench.core.segments)
    for number in 0..<20 { sink.comment("<\(number)>" + String(repeating: "x", count: 3000)) }
    bench.core.captures.append(sink)
    let frame: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x12, 0x34]
    for _ in 0..<10 { bench.send(0, frame) }
    bench.core.captures[0].finish()
    let chunk = try #require(queue.next())
    let text = unsafe String(decoding: chunk.blocks, as: UTF8.self)
    for number in 0..<20 { #expect(text.contains("<\(number)>x"), "\(number)") }
    #expect(chunk.frames == 10 && chunk.blocks.count < 20 * 2100 + 10 * 64)
  }
}
