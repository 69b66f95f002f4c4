import Foundation
import Glibc
import Testing

extension EndToEnd {
  /// Any part of a run is killed at any moment, while faults of every kind come and go.
  @Suite struct KilledRuns {
    /// So many runs, five at a time.
    private static let runs = 50
    private static let together = 5

    /// Each is drawn again and again, several at once.
    private static let faults = [
      "kill, T, component: page", "terminate, T, component: page", "restart, T, component: page",
      "pause, T, component: page", "crash-loop, period: 200ms, T, component: page",
      "start-refused, T, component: page", "slow-start, by: 1s, T, component: page",
      "kill, T", "link-down, T", "partition, T", "flap, period: 200ms, down: 100ms, T",
      "delay, delay: 50ms, jitter: 10ms, T", "loss, loss: 30%, T", "duplicate, share: 30%, T",
      "reorder, share: 30%, T", "corrupt, share: 10%, T", "rate, mbit: 1, T",
      "mtu-black-hole, mtu: 600, T", "tcp-reset, T", "neighbour-silence, T",
      "dns-fails, answer: servfail, T",
    ]

    private static var experiment: String {
      let choices = faults.map {
        "{fault: \($0.replacingOccurrences(of: "T", with: "target: {node: web}")), for: 400ms}"
      }
      return SmallProject.experiment(
        steady: "{for: 300ms, within: 5s}",
        method:
          "{random: {until: 60s, gap: [20ms, 100ms], at-most: 4, faults: [\(choices.joined(separator: ", "))]}}"
      )
    }

    private enum Victim: CaseIterable { case outer, inner, any }

    @Test func nothingIsLeft() throws {
      let project = try SmallProject(experiment: Self.experiment)
      let plan = try project.faultline("plan", "experiments/small.yaml")
      try #require(plan.code == 0, "\(plan)")
      for round in 0..<(Self.runs / Self.together) {
        try kill(round, in: project)
      }
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
