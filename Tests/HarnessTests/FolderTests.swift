import Basics
import Foundation
import Linux
import Testing

@testable import Harness

/// A folder for one test, gone with it.
final class Scratch {
  let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path

  init() throws { try Files.makeFolder(path) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct RunFolderTests {
  @Test func twoRunsOfOneSecondHaveFoldersOfTheirOwnAndLatestIsTheLast() throws {
    let scratch = try Scratch()
    let clock = RunClock()
    let folders = try (0..<3).map { _ in
      try RunFolder.make(
        in: scratch.path, stack: "s", experiment: "x", clock: clock, seed: 7
      ).path
    }
    #expect(Set(folders).count == 3)
    #expect(folders.allSatisfy { Files.isFolder($0 + "/logs") })
    let latest = try Files.link(scratch.path + "/s/x/latest")
    #expect(folders.last == scratch.path + "/s/x/" + latest)
  }

  @Test(
    arguments: [
      "..", ".", "...", "../../x", "/etc", "a/b", "", ".hidden", "a\0b", "plain", "..\n/..",
    ])
  func noNameLeavesTheReportsFolder(name: String) throws {
    let scratch = try Scratch()
    let clock = RunClock()
    for (stack, experiment) in [(name, "x"), ("s", name), (name, name)] {
      let folder = try RunFolder.make(
        in: scratch.path, stack: stack, experiment: experiment, clock: clock, seed: 1)
      let below = folder.path.dropFirst(scratch.path.count).split(separator: "/")
      #expect(folder.path.hasPrefix(scratch.path + "/") && below.count == 3, "\(folder.path)")
      #expect(!below.contains { $0.hasPrefix(".") })
      #expect(Files.isFolder(folder.path + "/logs"))
    }
  }

  @Test func noTwoComponentsShareALog() {
    let folder = RunFolder(path: "/r")
    // Every way to cut a text of these characters into two names.
    var places: [String: String] = [:]
    for text in ["a-b-c", "a_b-c", "aa-a-a", "a--b", "a-log-b"] {
      for cut in text.indices.dropFirst() {
        let whole = [(String(text[..<cut]), String(text[cut...]))]
        let parted =
          text[cut] == "-" ? [(String(text[..<cut]), String(text[text.index(after: cut)...]))] : []
        for (node, component) in whole + parted {
          guard NamePattern.accepts(node), NamePattern.accepts(component) else { continue }
          let name = "\(node) \(component)"
          let other = places.updateValue(name, forKey: folder.log(node, component))
          #expect(other == nil || other == name)
        }
      }
    }
    #expect(places.count > 12)
    #expect(folder.log("a-b", "c") != folder.log("a", "b-c"))
    #expect(!places.keys.contains("/r/logs/faultline.log"))
  }

  /// Runs side by side are each process 1 of their own namespace: only time tells them apart.
  @Test func manyRunsMayBeginAtOnce() async throws {
    let scratch = try Scratch()
    let path = scratch.path
    let folders = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<32 {
        group.addTask {
          try RunFolder.make(
            in: path, stack: "s", experiment: "x", clock: RunClock(), seed: 7
          ).path
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(folders.count == 32)
    #expect(try Files.list(path + "/s/x").count == 33, "a link was left behind")
  }
}
