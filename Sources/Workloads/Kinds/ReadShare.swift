internal import Basics

/// The share of operations that read.
enum ReadShare {
  static func key(_ usual: String) -> Schema.Key {
    Schema.Key("reads", .ratio, "The share of operations that read.", default: usual)
  }
}

extension Chance {
  /// A number below a bound, each as likely; the caller promises a bound above zero.
  mutating func below(_ bound: Int) -> Int {
    // Of 64 bits so few are lost that no share is off by more than 2^-32.
    Int(((next() >> 32) * UInt64(bound)) >> 32)
  }
}
