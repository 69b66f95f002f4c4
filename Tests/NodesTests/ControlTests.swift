import Basics
import Glibc
import Linux
import TestGround
import Testing

@testable import Nodes

@Suite struct ControlTests {
  private let ground: TemporaryFolder
  private var folder: String { ground.path }

  init() throws { ground = try TemporaryFolder() }

  @Test(arguments: [0, 1, 70_000, 3_000_000]) func bytesCrossWhole(_ count: Int) throws {
    let server = try ControlServer(at: folder + "/control") { request, _ in
      request.bytes.reversed()
    }
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let client = try ControlClient(at: folder + "/control")
    for _ in 0..<2 { #expect(try client.ask(bytes) == bytes.reversed()) }
    try server.stop()
    #expect(!Files.exists(folder + "/control"))
  }

  @Test func openFilesCrossAndAreClosedAfterwards() throws {
    let server = try ControlServer(at: folder + "/control") { request, _ in
      guard let last = request.files.last else { return [] }
      _ = write(last, "hello", 5)
      return [UInt8(request.files.count)]
    }
    let client = try ControlClient(at: folder + "/control")
    let pipe = try Descriptor.pipe()
    #expect(try client.ask([1], files: [0, 1, pipe.writing.raw]) == [3])
    #expect(try client.ask([1]) == [])
    let reading = pipe.keepReading()
    // The end of the file is reached only when the server's copy is closed too.
    #expect(String(decoding: try reading.readAll(), as: UTF8.self) == "hello")
    try server.stop()
  }

  @Test func aLongFolderIsNoObstacle() throws {
    let deep = folder + "/" + String(repeating: "d", count: 150)
    try Files.makeFolder(deep)
    let server = try ControlServer(at: deep + "/control") { _, _ in [42] }
    #expect(try ControlClient(at: deep + "/control").ask([]) == [42])
    try server.stop()
  }

  @Test func aSlowAnswerHoldsUpNobodyAndSeesItsClientGo() throws {
    let wasLeft = Latch<Bool>()
    let started = Latch<Bool>()
    let server = try ControlServer(at: folder + "/control") { request, client in
      guard request.bytes == [1] else { return [9] }
      started.set(true)
      let gone = try? Poll.wait([client.socket], until: MonotonicClock.nanoseconds + 20_000_000_000)
      wasLeft.set(gone == [true])
      return []
    }
    let asking = try Linux.Thread(named: "asks and goes") {
      let socket = try? ControlClient(at: folder + "/control")
      try? socket?.send([1])
      _ = started.wait()
    }
    _ = started.wait()
    #expect(try ControlClient(at: folder + "/control").ask([2]) == [9])
    asking.join()
    #expect(wasLeft.wait() == true)
    try server.stop()
  }

  @Test func garbageHarmsOnlyItsSender() throws {
    let server = try ControlServer(at: folder + "/control") { _, _ in [7] }
    let bad = try ControlClient(at: folder + "/control")
    try bad.sendRaw([255, 255, 255, 255, 1, 2, 3])
    #expect(try ControlClient(at: folder + "/control").ask([]) == [7])
    try server.stop()
  }

  @Test func noServerIsAPlainError() throws {
    let error = #expect(throws: NodesError.self) { _ = try ControlClient(at: "/tmp/no/control") }
    #expect(error?.description == "connect to /tmp/no/control: No such file or directory")
  }
}
