import Fabric
public import Linux

/// The one clock of a run.
public typealias RunClock = Linux.RunClock

extension RunClock {
  /// The same clock as the fabric has it.
  var fabric: Fabric.RunClock {
    Fabric.RunClock(originNanoseconds: origin, wallNanoseconds: wallOrigin)
  }
}
