internal import Basics
internal import Histories
internal import Stacks

/// A fault that gives components or nodes less of a resource, under a key of its own for each of them.
protocol ResourceFault: Fault {
  var squeeze: Squeeze { get }
  /// What a reading must show of one of those who are squeezed.
  func judge(_ reading: SqueezeReading, of subject: Squeezed) -> Confirmation
  /// What was asked for beside what a reading shows of one of them; nil where there is no figure to it.
  func measure(_ reading: SqueezeReading, of subject: Squeezed) -> FaultMeasure?
}

extension ResourceFault {
  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for subject in subjects(of: targets, in: cluster.stack) {
      attempts.attempt { () throws(FaultError) in
        if case .instance(let instance) = subject {
          try Targets(.instances([instance])).requireRunning(on: cluster, for: Self.name)
        }
        try cluster.squeeze(squeeze, subject, as: targets.key(of: subject))
      }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    var sentences: [String] = []
    for subject in subjects(of: targets, in: cluster.stack) {
      guard let reading = try cluster.reading(of: targets.key(of: subject)) else {
        return .notYet("\(subject) is not squeezed")
      }
      let look = judge(reading, of: subject)
      guard look.isConfirmed else { return look }
      sentences.append(look.sentence)
    }
    return sentences.isEmpty
      ? .notYet("nobody is squeezed") : .yes(sentences.joined(separator: "; "))
  }

  func measure(_ reading: SqueezeReading, of subject: Squeezed) -> FaultMeasure? { nil }

  public func measures(on cluster: some Cluster, _ targets: Targets) throws(FaultError)
    -> [FaultMeasure]
  {
    var measures: [FaultMeasure] = []
    for subject in subjects(of: targets, in: cluster.stack) {
      guard let reading = try cluster.reading(of: targets.key(of: subject)),
        let measure = measure(reading, of: subject)
      else { continue }
      measures.append(measure)
    }
    return measures
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    try release(targets, on: cluster)
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    try confirmReleased(targets, on: cluster)
  }

  /// Lets go of all; each is tried, whatever became of the others.
  func release(_ targets: Targets, on cluster: some Cluster) throws(FaultError) {
    var attempts = Attempts()
    for subject in subjects(of: targets, in: cluster.stack) {
      attempts.attempt { () throws(FaultError) in try cluster.release(targets.key(of: subject)) }
    }
    try attempts.finish()
  }

  func confirmReleased(_ targets: Targets, on cluster: some Cluster)
    throws(FaultError) -> Confirmation
  {
    let subjects = subjects(of: targets, in: cluster.stack)
    return try subjects.confirmed("\(listed(subjects)) is squeezed no more") {
      subject throws(FaultError) in
      try cluster.reading(of: targets.key(of: subject)) == nil
        ? nil : "\(subject) is still squeezed"
    }
  }

  /// A reading of another kind than what was asked for.
  func unfit(_ subject: Squeezed) -> Confirmation {
    .notYet("what was read of \(subject) is not about \(Self.name)")
  }

  private func subjects(of targets: Targets, in stack: ResolvedStack) -> [Squeezed] {
    Self.aim == .nodes
      ? targets.nodes.map { .node($0) } : targets.instances(in: stack).map { .instance($0) }
  }
}

extension Targets {
  /// Unique to the step and to who is squeezed.
  fileprivate func key(of subject: Squeezed) -> String { "\(policy) \(subject)" }
}
