import Basics
import Foundation
import Linux
import Testing

@Suite struct FolderTreeTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path

  @Test func aCopyHasContentsModesAndLinks() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Files.makeFolder("\(folder)/a/b", mode: 0o750)
    try Files.write(Array("x".utf8), to: "\(folder)/a/b/file", mode: 0o640)
    try Files.pointLink("\(folder)/a/link", to: "b/file")
    try FolderTree.copy("\(folder)/a", to: "\(folder)/c")
    #expect(try Files.read("\(folder)/c/b/file") == "x")
    #expect(try Files.link("\(folder)/c/link") == "b/file")
    let modes = try ["b", "b/file"].map { name in
      try FileManager.default.attributesOfItem(atPath: "\(folder)/c/\(name)")[.posixPermissions]
        as? Int
    }
    #expect(modes == [0o750, 0o640])
  }

  @Test func removingDoesNotFollowLinks() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Files.makeFolder("\(folder)/kept")
    try Files.write("x", to: "\(folder)/kept/file")
    try Files.makeFolder("\(folder)/gone/deep")
    try Files.pointLink("\(folder)/gone/deep/link", to: "\(folder)/kept")
    try FolderTree.remove("\(folder)/gone")
    #expect(!Files.exists("\(folder)/gone"))
    #expect(Files.exists("\(folder)/kept/file"))
  }
}

@Suite struct RunClockTests {
  @Test func aWaitEndsWhenTheConditionHoldsOrTheTimeIsUp() {
    let clock = RunClock()
    var looks = 0
    #expect(
      clock.wait(within: .seconds(60), every: .milliseconds(1), unless: StopFlag()) {
        looks += 1
        return looks == 3
      })
    #expect(!clock.wait(within: .milliseconds(5), unless: StopFlag()) { false })
  }

  @Test func aRaisedFlagEndsASleep() {
    let clock = RunClock()
    let stop = StopFlag()
    stop.raise()
    #expect(!clock.sleep(until: clock.now.advanced(by: .seconds(3600)), unless: stop))
  }

  @Test func theWallClockIsWrittenAsISO8601() {
    #expect(WallClock.text(1_769_847_300_000_000_000) == "2026-01-31T08:15:00Z")
  }
}
