public import Basics

extension History {
  /// When a phase of the run began; nil when it never did.
  public func began(_ phase: Fact.Phase) -> Instant? {
    observations.first { $0.fact == .phase(phase) }?.time
  }

  /// Why the method ended before its time; nil where it did not.
  public var abortion: String? {
    observations.lazy.compactMap { if case .abortion(let why) = $0.fact { why } else { nil } }.first
  }

  /// How long the schedule stood still between two moments, because a step waited to be let begin.
  public func heldUp(from start: Instant, to end: Instant) -> Duration {
    observations.reduce(.zero) { sum, seen in
      guard case .heldUp(_, let length) = seen.fact else { return sum }
      let from = max(start, seen.time.advanced(by: .zero - length))
      return sum + max(.zero, from.duration(to: min(end, seen.time)))
    }
  }

  /// What the harness itself fell short of, in order.
  public var shortfalls: [String] {
    observations.compactMap { if case .shortfall(let sentence) = $0.fact { sentence } else { nil } }
  }

  /// For how long some part of the harness did not get to run when it should have; what overlaps counts once.
  public var stalled: Duration {
    let spans = observations.compactMap { seen -> ClosedRange<Instant>? in
      guard case .stall(let stall) = seen.fact else { return nil }
      return seen.time.advanced(by: .zero - stall.length)...seen.time
    }.sorted { $0.lowerBound < $1.lowerBound }
    var total = Duration.zero
    var end = Instant.start
    for span in spans where span.upperBound > end {
      total += max(span.lowerBound, end).duration(to: span.upperBound)
      end = span.upperBound
    }
    return total
  }

  /// The timeouts of the run's workloads, by label; a history that was not recorded by a run has
  /// none.
  public var timeouts: [LabelID: Duration] {
    var timeouts: [LabelID: Duration] = [:]
    for seen in observations {
      guard case .workload(let workload) = seen.fact, let label = label(workload.name) else {
        continue
      }
      timeouts[label] = workload.timeout
    }
    return timeouts
  }

  /// What was predicted of the run, each once, in order; a history that was recorded before there
  /// were predictions has none.
  public var predictions: [Prediction] {
    var seen: Set<Prediction> = []
    return observations.compactMap { observation in
      guard case .prediction(let prediction) = observation.fact,
        seen.insert(prediction).inserted
      else { return nil }
      return prediction
    }
  }

  /// The words with which an instance of a component says that it leads; the usual ones where the
  /// component did not tell.
  public func leadingWords(of component: String) -> Set<String> {
    for seen in observations {
      if case .leadership(component, let words) = seen.fact { return Set(words) }
    }
    return Set(LeadingWords.usual)
  }
}
