import Histories

/// When an epoch must be under way: from the earliest completion of its calls to the latest
/// invocation of them.
struct EpochZone {
  var low: Int32
  var high: Int32
  /// The operations that begin or complete there.
  var bounds: [Int32]

  /// A call that nobody saw.
  init(_ call: TextCalls.Call) {
    low = call.deadline
    high = call.began
    bounds = [call.operation]
  }

  init(low: Int32, high: Int32, bounds: [Int32]) {
    self.low = low
    self.high = high
    self.bounds = bounds
  }

  private var isForward: Bool { low < high }

  /// Two zones that cannot be one after the other, if there are any.
  static func conflict(_ zones: [EpochZone], key: Value, _ values: Values) -> EpochConflict? {
    let sorted = zones.sorted { min($0.low, $0.high) < min($1.low, $1.high) }
    var last: EpochZone?
    for zone in sorted {
      if let last, last.high > zone.low {
        return zone.isForward
          ? .overlap(key, last, zone, values) : .inside(key, last, zone, values)
      }
      if zone.isForward { last = zone }
    }
    return nil
  }
}

/// The calls of one epoch in the order that the texts read demand.
struct EpochChain {
  let key: Value
  private let values: Values
  private(set) var conflict: EpochConflict?
  private var low = Int32.max
  private var lowOperation: Int32?
  private var high: Int32 = -1
  private var highOperation: Int32?

  /// The get that shows the order.
  private let witness: Int32

  init(key: Value, witness: Int32, _ values: Values) {
    self.key = key
    self.witness = witness
    self.values = values
  }

  var zone: EpochZone {
    EpochZone(
      low: low, high: high, bounds: [lowOperation, highOperation, witness].compactMap { $0 })
  }

  /// The value at the start was there before everything.
  mutating func takeStart() { low = -1 }

  mutating func take(_ call: TextCalls.Call) {
    take(completing: call)
    take(beginning: call)
  }

  /// Gets of one text come in any order among themselves.
  mutating func take(_ reads: Epoch.Reads) {
    take(completing: reads.first)
    take(beginning: reads.last)
  }

  private mutating func take(completing call: TextCalls.Call) {
    if call.deadline < high, let highOperation, conflict == nil {
      conflict = .early(key, call.operation, highOperation, witness, values)
    }
    guard call.deadline < low else { return }
    low = call.deadline
    lowOperation = call.operation
  }

  private mutating func take(beginning call: TextCalls.Call) {
    guard call.began > high else { return }
    high = call.began
    highOperation = call.operation
  }
}
