internal import Basics
internal import Durability
internal import Histories
internal import Stacks

/// A fault of the disk under a component: a rule on it, for files below the component's own folder.
///
/// Confirmed by probes of the harness that use a file of their own through the file system, well before
/// and badly since, and by a request of a server's that the rule met: a rule that nothing met has shown
/// nothing. Healed when probes succeed again.
protocol DiskFault: Fault {
  var rule: DiskRule { get }
  /// What the probes of one instance show that makes it certain; else what is missing.
  func judge(_ probing: DiskProbing) -> Confirmation
  /// What was asked for beside what the probes of one instance show, where there is a figure to it.
  func measures(_ probing: DiskProbing, of instance: InstanceID) -> [FaultMeasure]
}

extension DiskFault {
  public static var aim: Aim { .instances }

  public static var showsOnDemand: Bool { true }

  public static var confirmation: String {
    "By probes that use a file of the harness' own on that disk, and by a request of a server's that it met."
  }

  public var part: String { rule.paths.text }

  public func usesDisk(aimedAt aim: AimedAt) -> Bool { true }

  /// Which files, for a schema.
  static var pathKey: Schema.Key {
    .init(
      "path", .text,
      "Which files, as a pattern below the component's own folder; its last name has a * in it.",
      default: "**")
  }

  private func damages(_ targets: Targets) -> [DiskDamage] {
    targets.instances.map {
      DiskDamage(name: "\(targets.policy) \($0)", instance: $0, rule: rule)
    }
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for damage in damages(targets) {
      attempts.attempt { () throws(FaultError) in try cluster.damage(damage) }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    var sentences: [String] = []
    for damage in damages(targets) {
      guard let evidence = try cluster.evidence(of: damage.name) else {
        return .notYet("the disk of \(damage.instance) knows nothing of it")
      }
      guard evidence.before.isGood else {
        return .notYet("the disk of \(damage.instance) failed the probes before")
      }
      guard let since = evidence.since else {
        return .notYet("no probe of the disk of \(damage.instance) has ended yet")
      }
      let look = judge(since)
      guard case .yes(let sentence) = look else { return look }
      guard evidence.hits.own > 0 else {
        return .notYet("\(sentence), but no request of \(damage.instance) has met it yet")
      }
      sentences.append(
        "\(sentence); it met \(evidence.hits.own) requests of servers on \(damage.instance.node)")
    }
    return .yes(listed(sentences))
  }

  func measures(_ probing: DiskProbing, of instance: InstanceID) -> [FaultMeasure] { [] }

  public func measures(on cluster: some Cluster, _ targets: Targets) throws(FaultError)
    -> [FaultMeasure]
  {
    var found: [FaultMeasure] = []
    for damage in damages(targets) {
      guard let probing = try cluster.evidence(of: damage.name)?.since else { continue }
      found += measures(probing, of: damage.instance)
    }
    return found
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    var attempts = Attempts()
    for damage in damages(targets) {
      attempts.attempt { () throws(FaultError) in try cluster.repair(damage.name) }
    }
    try attempts.finish()
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    for damage in damages(targets) {
      if others.contains(.powerless(damage.instance.node)) { continue }
      if try cluster.evidence(of: damage.name) != nil {
        return .notYet("the disk of \(damage.instance) still applies it")
      }
      guard try cluster.soundness(of: damage).isGood else {
        return .notYet("a probe of the disk of \(damage.instance) still fails")
      }
    }
    return .yes("probes read, write and sync well on \(listed(targets.instances))")
  }
}

extension Settings {
  /// Which files a fault of a disk is about: such that a probe may have a name that is covered.
  func diskPaths(_ key: String = "path") throws(FaultSettingsError) -> PathPattern {
    guard let paths = PathPattern(text(key) ?? "**") else {
      throw FaultSettingsError(key, "a path without '.' and '..' is expected here")
    }
    guard paths.hasOpenEnd else {
      throw FaultSettingsError(
        key,
        "the last name must have a * or ? in it, so that it covers a file of the harness', which shows "
          + "the effect")
    }
    return paths
  }
}

extension DiskProbing {
  /// Whether each of these acts failed with that error, as a look at a fault.
  func confirm(_ failure: DiskFailure, of operations: [DiskOperation]) -> Confirmation {
    for operation in operations {
      guard let outcome = outcomes[operation] else {
        return .notYet("no probe has tried to \(operation.rawValue) yet")
      }
      guard outcome.error == failure.code else {
        return .notYet("a probe's \(operation.rawValue) got \(outcome.error ?? "no error")")
      }
    }
    return .yes("a probe's \(listed(operations.map(\.rawValue))) got \(failure.code)")
  }
}
