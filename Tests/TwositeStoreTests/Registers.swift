@testable import twosite_store

/// The machine of the simulations: eight registers; a command and its answer are a key and a value.
struct Registers: Replicated, Equatable {
  private(set) var values = [UInt64](repeating: 0, count: 8)

  init() {}

  init?(snapshot: [UInt8]) {
    var parts = Unpacking(snapshot)
    for key in values.indices {
      guard let value: UInt64 = parts.number() else { return nil }
      values[key] = value
    }
  }

  mutating func apply(_ command: [UInt8]) -> [UInt8] {
    guard let (key, value) = Self.read(command) else { return [] }
    values[key] = value
    return command
  }

  func answer(_ query: [UInt8]) -> [UInt8] { Self.write(Int(query[0]), values[Int(query[0])]) }

  func snapshot() -> [UInt8] {
    var parts = Packing()
    for value in values { parts.add(value) }
    return parts.bytes
  }

  static func write(_ key: Int, _ value: UInt64) -> [UInt8] {
    var parts = Packing()
    parts.add(UInt8(key))
    parts.add(value)
    return parts.bytes
  }

  static func read(_ command: [UInt8]) -> (key: Int, value: UInt64)? {
    var parts = Unpacking(command)
    guard let key: UInt8 = parts.number(), let value: UInt64 = parts.number() else { return nil }
    return (Int(key & 7), value)
  }
}
