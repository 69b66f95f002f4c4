import Basics
import Glibc
import Testing

@testable import Linux

@Suite struct GroundTests {
  @Test func errorsSayWhatWasAttempted() {
    let error = #expect(throws: Errno.self) { _ = try Descriptor.open("/no/such", .read) }
    #expect(error?.description == "open /no/such: No such file or directory")
    #expect(error?.code == ENOENT && error?.isGone == true)
  }

  @Test func descriptorsCloseWithTheirOwner() throws {
    let pipe = try Descriptor.pipe()
    #expect(fcntl(pipe.writing.raw, F_GETFD) == FD_CLOEXEC)
    // Only a closed writing end lets the reading one come to its end.
    #expect(try pipe.keepReading().readAll() == [])
  }

  @Test func pipesCarryEverythingToTheirEnd() throws {
    let pipe = try Descriptor.pipe()
    let reading = try pipe.reading.duplicate()
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
    let writing = try pipe.writing.duplicate().release()
    _ = consume pipe
    let thread = try Thread(named: "writer") {
      let end = Descriptor(owning: writing)
      do { try end.write(bytes) } catch { Issue.record(error) }
    }
    #expect(try reading.readAll() == bytes)
    thread.join()
  }

  @Test func threadsReturnTheirResultOrError() throws {
    #expect(try Thread.sync(named: "a") { 7 } == 7)
    #expect(throws: Errno.self) { try Thread.sync(named: "b") { throw Errno(1, "x") } }
    var seen = 0
    try Thread.sync(named: "c") { seen += 1 }
    #expect(seen == 1)
  }

  @Test func latchesWaitAndGiveUp() throws {
    let latch = Latch<Int>()
    #expect(latch.wait(until: MonotonicClock.nanoseconds + 1_000_000) == nil)
    let thread = try Thread(named: "setter") { latch.set(1) }
    #expect(latch.wait() == 1)
    thread.join()
    latch.set(2)
    #expect(latch.current == 1)
    #expect(latch.wait(until: 0) == 1)
  }

  @Test func pollKeepsItsDeadline() throws {
    let pipe = try Descriptor.pipe()
    let deadline = MonotonicClock.nanoseconds + 2_000_000
    #expect(try Poll.wait([pipe.reading.raw], until: deadline) == [false])
    #expect(MonotonicClock.nanoseconds >= deadline)
    try pipe.writing.write("x")
    #expect(try Poll.wait([pipe.reading.raw, -1]) == [true, false])
  }

  @Test func foldersAreMadeWithAllAboveThem() throws {
    let path = "/tmp/linux-tests-\(getpid())"
    try Files.makeFolder(path + "/a/b", mode: 0o1777)
    try Files.makeFolder(path + "/a/b", mode: 0o1777)
    try Files.write("text", to: path + "/a/file")
    #expect(try Files.read(path + "/a/file") == "text")
    #expect(try Files.list(path + "/a") == ["b", "file"])
    #expect(throws: Errno.self) { try Files.makeFolder(path + "/a/file/c") }
    try Files.remove(path + "/a/file")
    try Files.remove(path + "/a/file")
    try Files.removeTree(path)
    #expect(!Files.exists(path))
  }

  @Test func removalDoesNotFollowLinks() throws {
    let path = "/tmp/linux-tests-links-\(getpid())"
    try Files.makeFolder(path + "/kept")
    try Files.write("x", to: path + "/kept/file")
    try Files.makeFolder(path + "/gone/below")
    #expect(symlink("../kept", path + "/gone/link") == 0)
    #expect(symlink("nowhere", path + "/gone/below/dangling") == 0)
    try Files.removeContents(of: path + "/gone")
    #expect(try Files.list(path + "/gone") == [])
    #expect(try Files.list(path + "/kept") == ["file"])
    #expect(symlink("kept", path + "/link") == 0)
    try Files.removeTree(path + "/link")
    #expect(try Files.list(path) == ["gone", "kept"] && Files.exists(path + "/kept/file"))
    try Files.removeTree(path)
    try Files.removeTree(path)
    #expect(!Files.exists(path))
  }

  @Test func accountsAreKnownByName() throws {
    let root = try #require(try Account.named("root"))
    #expect(root.user == 0 && root.group == 0 && root.home == "/root")
    #expect(root.groups.contains(0))
    #expect(try Account.named("no-such-user") == nil)
    #expect(try Account.named("root", group: "no-such-group") == nil)
  }

  @Test(.enabled(if: geteuid() == 0, "needs root")) func aThreadsNamespaceEndsWithIt() throws {
    let outside = try Netlink().links().map(\.name)
    let (inside, down) = try Thread.sync(named: "elsewhere") {
      try Namespaces.unshare([.network])
      let netlink = try Netlink()
      let wasUp = try netlink.link("lo").isUp
      try netlink.setLink("lo", up: true)
      try netlink.add(
        InterfaceAddress(interface: "lo", prefix: try #require(IPPrefix(text: "10.7.0.1/24"))))
      try netlink.addRoute(to: try #require(IPPrefix(text: "10.8.0.0/16")), interface: "lo")
      try netlink.deleteRoute(to: try #require(IPPrefix(text: "10.8.0.0/16")), interface: "lo")
      return (
        try netlink.addresses().map(\.description).filter { $0 != "::1/128 on lo" }, wasUp
      )
    }
    #expect(inside == ["10.7.0.1/24 on lo", "127.0.0.1/8 on lo"] && !down)
    #expect(try Netlink().links().map(\.name) == outside)
  }

  @Test func netlinkErrorsNameTheInterface() throws {
    let error = #expect(throws: Errno.self) { try Netlink().setLink("no-such0", up: true) }
    #expect(error?.description == "find interface no-such0: No such device")
  }
}
