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
    change: (InstanceID) throws(FaultError) -> Void = { _ throws(FaultError) in }
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
