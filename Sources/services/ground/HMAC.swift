internal import Basics

/// Proofs of a shared secret: HMAC-SHA-256 (RFC 2104; vectors in RFC 4231).
public enum HMAC {
  /// The 32 bytes of the proof.
  public static func sha256(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    let short = key.count > 64 ? SHA256.hash(key) : key
    let padded = short + [UInt8](repeating: 0, count: 64 - short.count)
    let inner = SHA256.hash(padded.map { $0 ^ 0x36 } + message)
    return SHA256.hash(padded.map { $0 ^ 0x5c } + inner)
  }

  /// Whether two proofs are the same, in a time that does not tell where they differ.
  public static func areEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    guard first.count == second.count else { return false }
    return zip(first, second).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
