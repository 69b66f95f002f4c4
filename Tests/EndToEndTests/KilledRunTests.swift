import Foundation
import Glibc
import Testing

extension EndToEnd {
  /// Any part of a run is killed at any moment, while faults of every kind come and go.
  @Suite struct KilledRuns {
    /// How many runs of each kind of faults, five at a time.
    private static let runs =
      ProcessInfo.processInfo.environment["FAULTLINE_KILLS"].flatMap { Int($0) } ?? 10
    private static let together = 5

    /// Faults that leave something of the same kind behind if anything does; each is drawn again and again,
    /// several at once.
    private struct Kind: CustomTestStringConvertible, Sendable {
      let testDescription: String
      let faults: [String]

      static let all = [
        Kind(
          testDescription: "processes",
          faults: [
            "kill, C", "terminate, C", "restart, C", "pause, C", "crash-loop, period: 200ms, C",
            "start-refused, C", "slow-start, by: 1s, C", "kill, T",
          ]),
        Kind(
          testDescription: "paths",
          faults: [
            "link-down, T", "partition, T", "flap, period: 200ms, down: 100ms, T",
            "delay, delay: 50ms, jitter: 10ms, T", "loss, loss: 30%, T", "duplicate, share: 30%, T",
            "reorder, share: 30%, T", "corrupt, share: 10%, T", "rate, mbit: 1, T",
            "mtu-black-hole, mtu: 600, T", "tcp-reset, T", "neighbour-silence, T",
            "dns-fails, answer: servfail, T",
          ]),
        Kind(
          testDescription: "resources",
          faults: [
            "cpu-quota, C", "memory-limit, limit: 1M, C", "descriptors-exhausted, C",
            "connections-held, port: 8080, count: 30, from: client, C", "ports-used-up, T",
            "process-table-full, T", "kill, C",
          ]),
        Kind(
          testDescription: "disks",
          faults: [
            "torn-write, T", "fsync-fails, C", "disk-errors, C", "disk-read-only, C",
            "disk-full, C",
            "disk-slow, latency: 1s, C", "bit-flip, path: nginx.conf, C", "kill, T",
          ]),
        Kind(
          testDescription: "clocks",
          faults: [
            "clock-jump, by: 1h, C", "clock-drift, rate: 1%, C",
            "clock-strobe, by: 1s, period: 50ms, C", "kill, C", "pause, C",
          ]),
      ]

      var experiment: String {
        let choices = faults.map { fault in
          let aimed = fault.replacing(" C", with: " T, component: page")
            .replacing(" T", with: " target: {node: web}")
          return "{fault: \(aimed), for: 400ms}"
        }
        let random =
          "until: 60s, gap: [20ms, 100ms], at-most: 4, faults: [\(choices.joined(separator: ", "))]"
        return SmallProject.experiment(
          steady: "{for: 300ms, within: 5s}", method: "{random: {\(random)}}")
      }
    }

    private enum Victim: CaseIterable { case outer, inner, any }

    /// A machine without something that they need says so, and there is nothing to kill.
    @Test(arguments: Kind.all) private func nothingIsLeft(of kind: Kind) throws {
      let project = try SmallProject(experiment: kind.experiment)
      let stack = SmallProject.stack.replacing(
        "ip: 10.78.0.1,", with: "ip: 10.78.0.1, limits: {processes: 100},")
      try project.write(stack, to: "fixtures/stacks/small.yaml")
      let plan = try project.faultline("plan", "experiments/small.yaml")
      try #require(plan.code == 0, "\(plan)")
      for round in 0..<max(1, Self.runs / Self.together) { try kill(round, in: project) }
    }

    /// Starts some runs, and ends each at a moment of its own.
    private func kill(_ round: Int, in project: SmallProject) throws {
      let programs = try (0..<Self.together).map { number in
        try Program(
          Machine.faultline,
          ["run", "experiments/small.yaml", "--seed", "\(round * Self.together + number + 1)"],
          in: project.folder, environment: project.environment)
      }
      let start = ContinuousClock.now
      var moments = programs.map { _ in Duration.milliseconds(Int.random(in: 50...3000)) }
      var victims = programs.map { _ in Victim.allCases.randomElement() ?? .outer }
      let said = zip(victims, moments).map { "\($0) after \($1)" }.joined(separator: ", ")
      print("round \(round): \(said)")
      var waiting = Set(programs.indices)
      while !waiting.isEmpty {
        for index in waiting.sorted() {
          programs[index].traces.look()
          guard ContinuousClock.now - start >= moments[index] else { continue }
          strike(victims[index], programs[index])
          // One that survives the end of a part is ended whole a little later.
          if victims[index] == .outer { waiting.remove(index) }
          victims[index] = .outer
          moments[index] += .milliseconds(300)
        }
        usleep(5_000)
      }
      for program in programs {
        _ = try program.finish(within: 15)
        program.traces.expectGone()
      }
    }

    private func strike(_ victim: Victim, _ program: Program) {
      switch victim {
      case .outer: program.send(SIGKILL)
      case .inner: if let inner = program.traces.inner { Glibc.kill(inner, SIGKILL) }
      case .any:
        guard let inner = program.traces.inner else { return }
        if let pid = Proc.descendants(of: inner).randomElement() { Glibc.kill(pid, SIGKILL) }
      }
    }
  }
}
