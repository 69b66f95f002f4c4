import Foundation
import Testing

/// Whether this machine lets us make file systems.
private var hasFUSE: Bool {
  let fd = open("/dev/fuse", O_RDWR | O_CLOEXEC)
  if fd >= 0 { close(fd) }
  return fd >= 0
}

extension EndToEnd {
  /// Runs whose nodes stand on disks of ours.
  @Suite(.enabled(if: hasFUSE, "needs /dev/fuse")) struct Disks {
    /// Probes of the harness wait for the disk all the while.
    static let method =
      "{at: 500ms, fault: disk-slow, latency: 5s, target: {node: web}, component: page, for: 20s}"

    private func start() throws -> (SmallProject, Program) {
      let project = try SmallProject(experiment: SmallProject.experiment(method: Self.method))
      let program = try project.start()
      try program.await("slow disk (5s) under page on node web")
      return (project, program)
    }

    @Test func killedWhileADiskIsSlowItLeavesNothing() throws {
      let (project, program) = try start()
      program.send(SIGKILL)
      #expect(try program.finish(within: 15).code == 137)
      program.traces.expectGone()
      #expect(try Journal.read(project.newest).contains { $0.phase == "injected" })
    }

    @Test func theInnerProcessKilledWhileADiskIsSlowLeavesNothing() throws {
      let (project, program) = try start()
      let isThere = Wait.until(within: 5) {
        program.traces.look()
        return program.traces.inner != nil
      }
      try #require(isThere)
      kill(try #require(program.traces.inner), SIGKILL)
      #expect(try program.finish(within: 15).code == 3)
      program.traces.expectGone()
      #expect(try Journal.read(project.newest).contains { $0.phase == "injected" })
    }

    @Test func aFaultThatNoServerMetLeavesTheRunUnknown() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 500ms, fault: fsync-fails, target: {node: web}, component: page, for: 1s}"))
      let ended = try project.run()
      #expect(ended.code == 6, "\(ended)")
      let fault = try #require(try project.result().faults.first)
      #expect(fault.confirmed == nil && fault.healConfirmed != nil)
    }
  }
}
