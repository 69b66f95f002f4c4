import Basics
import Foundation
import Linux
import TestGround
import Testing

@Suite struct FolderTreeTests {
  private let ground: TemporaryFolder
  private var folder: String { ground.path }

  init() throws { ground = try TemporaryFolder() }

  @Test func aCopyHasContentsModesAndLinks() throws {
    try Files.makeFolder("\(folder)/a/b", mode: 0o750)
    try Files.write(Array("x".utf8), to: "\(folder)/a/b/file", mode: 0o640)
    try Files.makeLink("\(folder)/a/link", to: "b/file")
    try FolderTree.copy("\(folder)/a", to: "\(folder)/c")
    #expect(try Files.read("\(folder)/c/b/file") == "x")
    #expect(try Files.link("\(folder)/c/link") == "b/file")
    let modes = try ["b", "b/file"].map { name in
      try FileManager.default.attributesOfItem(atPath: "\(folder)/c/\(name)")[.posixPermissions]
        as? Int
    }
    #expect(modes == [0o750, 0o640])
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
