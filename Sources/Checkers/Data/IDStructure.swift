import Checking
import Basics
import Histories

/// How an identifier is built: where its time and its generator's number stand.
enum IDStructure {
  /// Time, node bits and a sequence number in one integer, from high to low.
  case snowflake(timeBits: Int, nodeBits: Int, sequenceBits: Int)
  /// RFC 9562, section 5.7: 48 bits of Unix milliseconds, then version 7.
  case uuid7

  /// What an identifier says about its making.
  struct Parts {
    let time: Int64
    /// The number of the generator; nil where the structure has none.
    let generator: Int64?
  }

  /// The parts of an identifier; nil when it is not of this structure.
  func parts(of value: Value, in history: History) -> Parts? {
    switch self {
    case .snowflake(let timeBits, let nodeBits, let sequenceBits):
      let digits = history.values.text(value).flatMap { Int64($0) }
      guard let id = history.values.integer(value) ?? digits, id >= 0 else { return nil }
      let total = timeBits + nodeBits + sequenceBits
      guard total >= 63 || id >> total == 0 else { return nil }
      let generator = (id >> sequenceBits) & (1 << nodeBits - 1)
      return Parts(time: id >> (sequenceBits + nodeBits), generator: generator)
    case .uuid7:
      return history.values.text(value).flatMap(IDStructure.uuid7Time).map {
        Parts(time: $0, generator: nil)
      }
    }
  }

  /// The milliseconds of a version 7 UUID in its text form; nil for anything else.
  static func uuid7Time(_ text: String) -> Int64? {
    var time: Int64 = 0
    var digits = 0
    for (place, byte) in text.utf8.enumerated() {
      if place == 8 || place == 13 || place == 18 || place == 23 {
        guard byte == 0x2d else { return nil }
        continue
      }
      guard let digit = hexadecimal(byte) else { return nil }
      if digits < 12 { time = time << 4 | digit }
      if digits == 12 && digit != 7 { return nil }
      if digits == 16 && digit >> 2 != 2 { return nil }
      digits += 1
    }
    return digits == 32 ? time : nil
  }

  private static func hexadecimal(_ byte: UInt8) -> Int64? {
    switch byte {
    case 0x30...0x39: Int64(byte - 0x30)
    case 0x61...0x66: Int64(byte - 0x61 + 10)
    case 0x41...0x46: Int64(byte - 0x41 + 10)
    default: nil
    }
  }

  init?(_ settings: Settings) throws(SettingsError) {
    switch settings.text("structure") {
    case "snowflake":
      let bits = ["timestamp-bits": 41, "node-bits": 10, "sequence-bits": 12]
        .map { ($0, settings.integer($0) ?? $1) }
      if let wrong = bits.first(where: { $0.1 < 1 || $0.1 > 62 }) {
        throw SettingsError(wrong.0, "a field has between 1 and 62 bits")
      }
      let of = Dictionary(uniqueKeysWithValues: bits)
      guard bits.reduce(0, { $0 + $1.1 }) <= 63 else {
        throw SettingsError("timestamp-bits", "all fields together have at most 63 bits")
      }
      self = .snowflake(
        timeBits: of["timestamp-bits"]!, nodeBits: of["node-bits"]!,
        sequenceBits: of["sequence-bits"]!)
    case "uuidv7": self = .uuid7
    default: return nil
    }
  }
}
