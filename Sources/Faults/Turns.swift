internal import Basics

/// Instances taken one after another: each is stopped and started anew, and has to be ready before the
/// next is touched.
struct Turns {
  /// In the order of their turns.
  let instances: [InstanceID]
  /// How long one has to be up before the next is stopped, counted from its start.
  let pause: Duration

  /// Does what is next, if anything is.
  ///
  /// - Parameter change: done to each between its stop and its start.
  func next(
    on cluster: some Cluster, since injected: Instant, now: Instant,
    change: (InstanceID) throws(FaultError) -> Void
  ) throws(FaultError) {
    for instance in instances {
      let start = try cluster.state(of: instance).starts.last { $0 >= injected }
      guard let start else {
        try cluster.stop(instance)
        try change(instance)
        return try cluster.start(instance)
      }
      guard start.advanced(by: pause) <= now, try cluster.isReady(instance) else { return }
    }
  }

  /// Looks whether all had their turn and are ready; `done` says what became of them.
  func confirmed(
    _ done: String, on cluster: some Cluster, since injected: Instant
  ) throws(FaultError) -> Confirmation {
    try instances.confirmed("\(listed(instances)) \(done) in turn, each ready again") {
      instance throws(FaultError) in
      guard try cluster.state(of: instance).starts.contains(where: { $0 >= injected }) else {
        return "\(instance) was not \(done) yet"
      }
      return try cluster.isReady(instance) ? nil : "\(instance) is not ready"
    }
  }
}

/// An operator's step that takes instances in turn.
protocol InTurns: Action {
  /// How long an instance has to be up before the next is stopped, counted from its start.
  var pause: Duration { get }
  /// How long it all may take.
  var limit: Duration { get }
  /// What has become of those that had their turn: `restarted`.
  static var done: String { get }
  /// Done to each between its stop and its start.
  func change(_ instance: InstanceID, on cluster: some Cluster) throws(FaultError)
}

extension InTurns {
  public var rhythm: Rhythm? { Rhythm(every: .milliseconds(50), within: limit) }

  /// Nothing is done at first: each beat does what is next.
  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try targets.requireRunning(on: cluster, for: Self.name)
  }

  public func beat(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  ) throws(FaultError) {
    try turns(targets, cluster).next(on: cluster, since: injected, now: now) {
      instance throws(FaultError) in
      try change(instance, on: cluster)
    }
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    try confirm(on: cluster, targets, since: .start, now: .start)
  }

  public func confirm(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  )
    throws(FaultError) -> Confirmation
  {
    try turns(targets, cluster).confirmed(Self.done, on: cluster, since: injected)
  }

  func turns(_ targets: Targets, _ cluster: some Cluster) -> Turns {
    Turns(instances: targets.instances(in: cluster.stack), pause: pause)
  }
}
