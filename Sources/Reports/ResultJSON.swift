public import Basics
import Checking
public import Histories

extension RunRecord {
  /// What the document calls its shape: the number is another where a reader must be, too. Members may be added to it.
  public static let format = "faultline-result/1"

  /// `result.json`: for machines; every number a person sees in the other formats is in it.
  ///
  /// `ResultSchema` describes it.
  public var json: JSON { document.masked(by: secrets) }

  private var document: JSON {
    [
      "format": .string(Self.format), "program": .string(ProgramVersion.text),
      "verdict": .string(verdict.rawValue),
      "exitCode": .integer(Int64(exit.rawValue)),
      "trouble": .optional(trouble ?? unjudged) { .string($0) },
      "unjudged": .optional(trouble == nil ? unjudged : nil) { .string($0) },
      "problems": .array(
        problems.map { ["place": $0.place.json, "message": .string($0.message)] }),
      "experiment": [
        "name": .string(experiment.name), "file": .string(experiment.file),
        "title": .string(experiment.title), "stack": .string(stack),
      ],
      "madeAgain": .optional(remade) { .string($0) },
      "repetition": .optional(repetition) { .string($0) },
      "seed": .string(String(seed)),
      "command": .string(command),
      "started": .string(started),
      // Some readers of JSON would lose digits of a number.
      "startedNanoseconds": .optional(startedNanoseconds) { .string(String($0)) },
      "milliseconds": .milliseconds(duration),
      "parameters": .settings(parameters), "set": .settings(set),
      "expectation": .optional(expectation) {
        ["met": .bool($0.isMet), "summary": .string($0.summary)]
      },
      "phases": phases,
      "operations": operationCounts,
      "workloads": .array(WorkloadFigures.all(of: history).map(\.json)),
      "invariants": .array(
        judgements.map { judgement in
          // Figures may stand under names that servers gave themselves.
          var shown = judgement
          shown.finding.figures = judgement.finding.figures.masked(by: secrets, withNames: true)
          return shown.json(in: history)
        }),
      "predictions": .array(predictions.map(\.json)),
      "faults": faults,
      "servers": .array(servers.map(\.json)),
      "timings": .array(
        timings.map { ["step": .string($0.step), "milliseconds": .milliseconds($0.duration)] }),
      "stalledMilliseconds": .milliseconds(history.stalled),
      "notes": .strings(notes),
      "plan": planned,
    ]
  }

  private var faults: JSON {
    let circumstances = Circumstances(history)
    return .array(history.faults.map { $0.json(in: circumstances) })
  }

  /// When each phase began, in milliseconds from the start.
  private var phases: JSON {
    .object(
      Fact.Phase.allCases.compactMap { phase in
        history.began(phase).map {
          .init(phase.rawValue, .milliseconds(Instant.start.duration(to: $0)))
        }
      })
  }

  private var operationCounts: JSON {
    let outcomes = history.operations.lazy.map(\.outcome)
    func count(_ outcome: Histories.Operation.Outcome) -> JSON {
      .integer(outcomes.count { $0 == outcome })
    }
    return [
      "all": .integer(history.operations.count), "ok": count(.ok), "fail": count(.fail),
      "info": count(.info),
    ]
  }
}

extension RunRecord.Judgement {
  /// The finding under its name in the experiment.
  public func json(in history: History) -> JSON {
    let shown = finding.evidence.prefix(100)
    // Evidence speaks of the operations that were judged, by their places among these.
    let judged = workload.map { history.of(workload: $0) } ?? history
    return [
      "name": .string(name), "checker": .string(finding.checker),
      "workload": .optional(workload) { .string($0) },
      "verdict": .string(finding.verdict.rawValue),
      "expectedToFail": .bool(isExpectedToFail),
      "place": .optional(place) { $0.json },
      "summary": .string(finding.summary), "model": .optional(finding.model) { .string($0) },
      "operations": .integer(finding.operations), "figures": finding.figures,
      "evidence": .array(shown.map { $0.json(in: judged) }),
      "evidenceTotal": .integer(finding.evidence.count),
    ]
  }
}

extension Evidence {
  /// With the time over which its operations went, or over which it was seen, in milliseconds from the start.
  fileprivate func json(in history: History) -> JSON {
    let own = operations.filter { history.operations.indices.contains($0) }.map {
      history.operations[$0]
    }
    func moment(_ instant: Instant?) -> JSON {
      .optional(instant) { .milliseconds(Instant.start.duration(to: $0)) }
    }
    return [
      "kind": .string(kind), "summary": .string(summary),
      "from": moment(own.map(\.invoked).min() ?? span?.lowerBound),
      "until": moment(own.map { $0.completed ?? $0.invoked }.max() ?? span?.upperBound),
      "operations": .array(operations.prefix(100).map { .integer($0) }),
    ]
  }
}

extension FaultMark {
  /// A fault with what its target resolved to, what the stack was doing then, and how it was confirmed; times from
  /// the start.
  func json(in circumstances: Circumstances) -> JSON {
    func moment(_ instant: Instant?) -> JSON {
      .optional(instant) { .milliseconds(Instant.start.duration(to: $0)) }
    }
    return [
      "id": .integer(id), "kind": .string(name), "summary": .string(summary),
      "isAction": .bool(isAction), "targets": .strings(targets.map(\.description)),
      "injected": moment(injected),
      "state": .string(circumstances.state(at: self).rawValue),
      "inCharge": .strings(circumstances.inCharge(among: self).map(\.text)),
      "outcome": .string(outcome.rawValue),
      "confirmed": moment(confirmed), "confirmation": .string(confirmation),
      "measures": .array(
        measures.map {
          [
            "what": .string($0.what), "requested": .string($0.requested),
            "measured": .string($0.measured),
          ]
        }),
      "healed": moment(healed), "healConfirmed": moment(healConfirmed),
    ]
  }
}

extension JSON {
  /// A member for each.
  fileprivate static func settings(_ settings: [RunRecord.Setting]) -> JSON {
    .object(settings.map { Member($0.name, .string($0.text)) })
  }
}

extension RunRecord.Server {
  fileprivate var json: JSON {
    [
      "component": .string(component), "variant": .string(variant), "version": .string(version),
      "standsInFor": .optional(standsInFor) { .string($0) }, "nodes": .strings(nodes),
    ]
  }
}
