public import Basics
internal import Histories
public import Reports
public import Stacks

/// One run of an exploration, and what it came to.
public struct ExploredRun: Sendable {
  /// What a run of an exploration can come to.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// Everything that was asked held.
    case passed
    /// A promise was broken.
    case failed
    /// Nothing was broken, and not enough was seen to say that all held.
    case unknown
    /// It could not be carried out.
    case broken
  }

  /// Which, from 1.
  public let number: Int
  /// What it was drawn from and came to.
  public let run: RunSeries.Run
  /// The faults of its method, each once.
  public let faults: [String]
  /// Under which workloads.
  public let workloads: [String]
  /// How long it took.
  public let length: Duration
  /// Its experiment's file, where that is kept.
  public var file: String
  /// What really happened to the stack.
  public let covered: [CoverageCell]
  /// The faults whose effect was not seen, by name.
  public let unconfirmed: [String]

  /// - Parameters:
  ///   - drawn: what was run.
  ///   - stack: tells the roles of those that were struck.
  public init(
    _ drawn: DrawnExperiment, _ run: RunSeries.Run, on stack: ResolvedStack, length: Duration,
    file: String
  ) {
    number = drawn.number
    self.run = run
    faults = drawn.faults
    workloads = drawn.workloads
    self.length = length
    self.file = file
    let struck = run.faults.filter { !$0.isAction }
    covered = struck.filter { $0.outcome == .confirmed }.map { fault in
      let nodes = fault.targets.map(\.node).compactMap { stack.node($0) }
      let role = DrawnAims.roles(of: nodes)
      // Of one that was meant it matters; the ends of a way are many.
      let isInCharge = !fault.inCharge.isEmpty && Set(nodes.map(\.role)).count == 1
      return CoverageCell(
        fault: fault.name, role: isInCharge ? "\(role) \(CoverageCell.inCharge)" : role,
        state: fault.state)
    }
    unconfirmed = struck.filter { $0.outcome != .confirmed }.map(\.name)
  }

  /// Whether the machine had more to do than it bears: the harness was held up for a twentieth of the time.
  public var wasStarved: Bool { run.stalled * 20 > length }

  /// What it came to.
  public var outcome: Outcome {
    switch ExitCode(rawValue: run.exitCode) ?? .harness {
    case .valid: .passed
    case .invalid: .failed
    case .unknown: .unknown
    default: .broken
    }
  }

  /// For `explore.json` and `runs.jsonl`.
  public var json: JSON {
    [
      "run": .integer(number), "seed": .string(run.seed), "outcome": .string(outcome.rawValue),
      "exitCode": .integer(Int64(run.exitCode)), "milliseconds": .milliseconds(length),
      "faults": .strings(faults), "workloads": .strings(workloads),
      "failures": .array(run.failures.map(\.exploredJSON)), "remark": .string(run.remark),
      "folder": .string(outcome == .passed ? "" : run.folder), "experiment": .string(file),
      "stalledMilliseconds": .milliseconds(run.stalled),
      "covered": .array(covered.map { $0.json(count: 1) }),
      "unconfirmed": .strings(unconfirmed),
    ]
  }
}

extension FailureSignature {
  var exploredJSON: JSON { ["invariant": .string(invariant), "kind": .string(kind)] }
}

extension CoverageCell {
  func json(count: Int) -> JSON {
    [
      "fault": .string(fault), "role": .string(role), "state": .string(state.rawValue),
      "count": .integer(count),
    ]
  }
}
