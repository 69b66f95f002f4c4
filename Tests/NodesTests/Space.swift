import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

/// A run space in a fresh folder for one test; removed at its end.
final class TestSpace {
  let space: RunSpace
  let folder: String

  init(usesCgroups: Bool = true) throws {
    folder = "/tmp/nodes-tests-\(getpid())-\(MonotonicClock.nanoseconds)"
    try Files.makeFolder(folder)
    space = try RunSpace(unisolatedIn: folder, usesCgroups: usesCgroups)
  }

  deinit {
    do {
      try space.close()
      try Files.removeTree(folder)
    } catch { Issue.record(error) }
  }

  func node(_ name: NodeID = "n", _ edit: (inout NodeSpec) -> Void = { _ in }) throws -> Node {
    var spec = NodeSpec(name)
    edit(&spec)
    return try Node(spec, in: space)
  }
}

let plenty: Duration = .seconds(20)

extension Node {
  func shell(_ script: String, user: String? = nil) throws -> Completed {
    try run(Command("/bin/sh", ["-c", script], user: user), timeout: plenty)
  }
}
