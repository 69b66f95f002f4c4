/// The only source of randomness in the harness: everything random follows from one seed.
public struct Chance: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The stream that follows from a seed: the same seed gives the same draws.
  public init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea and Flood 2014): small, fast, and good enough to choose faults
  /// and inputs.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// An independent stream, so that adding a consumer does not shift the draws of another.
  public func stream(_ label: String) -> Chance {
    var hash = state ^ 0xcbf2_9ce4_8422_2325
    for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Chance(seed: hash)
  }

  /// A number from 0 to below a bound, each as likely; the caller promises a bound above zero.
  public mutating func below(_ bound: Int) -> Int {
    // Of 64 bits so few are lost that no share is off by more than 2^-32.
    Int(((next() >> 32) * UInt64(bound)) >> 32)
  }

  /// True with the given probability.
  public mutating func roll(_ probability: Ratio) -> Bool {
    guard probability.value > 0 else { return false }
    return Double(next() >> 11) * 0x1p-53 < probability.value
  }
}
