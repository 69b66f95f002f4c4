import Basics
import Foundation
import Glibc
import Linux
import Stacks
import Testing

@testable import Harness

@Suite struct LogWatchTests {
  @Test func aLogThatGrowsTooLongKeepsItsBeginningAndItsEndAndSaysWhatIsGone() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/web.page.log"
    try Files.write("first\n" + String(repeating: "x", count: 10_000), to: path)
    let writer = try Descriptor.open(path, .append)
    let cut = LogWatch.cut(in: scratch.path, mostBytes: 5_000, keptBytes: 1_000)
    #expect(cut.map(\.name) == ["web.page.log"] && cut.first?.bytes == 9_006)
    // The server goes on writing where the log now ends.
    try writer.write("last\n")
    let text: String = try Files.read(path)
    #expect(text.hasPrefix("first\n") && text.utf8.count < 1_200)
    #expect(text.hasSuffix("\n[faultline: 9006 bytes of this log were dropped here]\nlast\n"))
    #expect(LogWatch.cut(in: scratch.path, mostBytes: 5_000, keptBytes: 1_000).isEmpty)
  }

  @Test func theEndOfALogIsReadWithoutTheRest() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/log"
    // A terabyte, of which the disk has nothing but the end.
    try Files.write("", to: path)
    #expect(truncate(path, 1 << 40) == 0)
    try Descriptor.open(path, .append).write("why\n")
    let clock = ContinuousClock.now
    #expect(String(decoding: try Files.tail(path, bytes: 5), as: UTF8.self) == "\0why\n")
    #expect(ContinuousClock.now - clock < .seconds(5))
    #expect(try Files.tail(path, bytes: 1 << 16).count == 1 << 16)
    try Files.write("ab", to: path)
    #expect(try Files.tail(path, bytes: 100) == Array("ab".utf8))
  }
}

@Suite struct PrivateFolderTests {
  @Test(arguments: [
    "short", String(repeating: "long-", count: 40), String(repeating: "ä", count: 99),
  ])
  func howeverLongANameIsASocketCanHaveItsPath(name: String) throws {
    let scratch = try Scratch()
    let place = try LiveRegistry(orIn: scratch.path).place(
      name, reports: "r", folder: "f", isSteered: false)
    // unix(7): 108 bytes, the last of them zero.
    #expect(place.socket.utf8.count <= 107)
  }

  @Test func aRegistryThatIsALinkOrOpenOrForeignIsNotTrusted() throws {
    let scratch = try Scratch()
    let (own, open, link, file) = (
      scratch.path + "/own", scratch.path + "/open", scratch.path + "/link", scratch.path + "/file"
    )
    #expect(Files.refusalOfPrivateFolder(own) == nil)
    try Files.makeFolder(open, mode: 0o770)
    #expect(Files.refusalOfPrivateFolder(open) == "is open to other users (mode 0770)")
    try Files.makeLink(link, to: own)
    #expect(Files.refusalOfPrivateFolder(link) == "is a link or no folder")
    try Files.write("", to: file)
    #expect(Files.refusalOfPrivateFolder(file) == "is a link or no folder")
    guard geteuid() == 0 else { return }
    try Files.makeFolder(scratch.path + "/theirs", mode: 0o700)
    #expect(chown(scratch.path + "/theirs", 65_534, 65_534) == 0)
    #expect(
      Files.refusalOfPrivateFolder(scratch.path + "/theirs")
        == "belongs to another user (number 65534)")
  }

  @Test func aRunsFolderIsItsUsersAloneUnlessItIsShared() throws {
    func mode(_ path: String) -> UInt32 {
      var info = stat()
      return stat(path, &info) == 0 ? info.st_mode & 0o777 : 0
    }
    for (isShared, folders, files) in [(false, 0o700, 0o600), (true, 0o755, 0o644)] {
      let scratch = try Scratch()
      let reports = scratch.path + "/reports"
      let folder = try RunFolder.make(
        in: reports, stack: "s", experiment: "x", clock: RunClock(), seed: 1, isShared: isShared)
      for path in [reports, reports + "/s", reports + "/s/x", folder.path, folder.path + "/logs"] {
        #expect(mode(path) == UInt32(folders), "\(path)")
      }
      try Files.write("{}", to: folder.result)
      try Files.write("said", to: folder.log("web", "page"))
      try folder.protect()
      for path in [folder.result, folder.log("web", "page")] {
        #expect(mode(path) == UInt32(files), "\(path)")
      }
    }
  }

  @Test func sharingOpensTheFoldersThatAnEarlierRunClosed() throws {
    let scratch = try Scratch()
    let clock = RunClock()
    for isShared in [false, true] {
      _ = try RunFolder.make(
        in: scratch.path + "/r", stack: "s", experiment: "x", clock: clock, seed: 1,
        isShared: isShared)
    }
    var info = stat()
    #expect(stat(scratch.path + "/r/s/x", &info) == 0 && info.st_mode & 0o777 == 0o755)
  }
}
