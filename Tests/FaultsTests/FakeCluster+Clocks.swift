import Basics
import Faults

/// The clocks of a pretended cluster.
struct FakeClocks {
  /// By instance and name, with the moment it began.
  var movements: [InstanceID: [String: (movement: ClockMovement, begun: Int64)]] = [:]
  /// What instances say instead of nothing: how far ahead of what they should be.
  var errors: [InstanceID: ClosedRange<Duration>] = [:]
  /// What a process that is not patched says.
  var unmoved: [InstanceID: [String]] = [:]
  /// Movements stay in the processes although they were taken back.
  var isStuck = false
  /// Movements are noted, and nothing is moved.
  var isStub = false
}

extension FakeCluster {
  func moveClock(of instance: InstanceID, _ movement: ClockMovement, as name: String)
    throws(FaultError)
  {
    let what =
      switch movement {
      case .jump(let offset): "by \(offset.text)"
      case .drift(let rate): "at \(rate) ppb"
      case .strobe(let offset, let every): "by \(offset.text) and back every \(every.text)"
      }
    try act("move clock \(instance) \(what) as \(name)")
    clocks.movements[instance, default: [:]][name] = (movement, now.nanoseconds)
  }

  func restoreClock(of instance: InstanceID, as name: String) throws(FaultError) {
    try act("restore clock \(instance) as \(name)")
    clocks.movements[instance]?[name] = nil
  }

  func clock(of instance: InstanceID) throws(FaultError) -> ClockLook {
    let moved = clocks.movements[instance, default: [:]].values
    let shift = ClockShift.sum(
      of: moved.map { $0.movement.shift(begun: $0.begun, at: now.nanoseconds) },
      at: now.nanoseconds)
    let ahead = clocks.isStub ? Duration.zero : shift.offset
    let processes = try state(of: instance).processes
    var look = ClockLook(
      wanted: moved.isEmpty ? nil : shift.offset, processes: processes,
      ahead: processes == 0 ? nil : ahead...ahead)
    look.turns = moved.reduce(0) { $0 + $1.movement.turns(begun: $1.begun, at: now.nanoseconds) }
    look.unmoved = clocks.unmoved[instance] ?? []
    look.touched = clocks.isStuck || !moved.isEmpty ? processes : 0
    if let error = clocks.errors[instance] {
      look.answer = .ahead(ahead + error.lowerBound...ahead + error.upperBound)
    }
    return look
  }
}
