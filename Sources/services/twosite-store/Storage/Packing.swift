/// Bytes in the making: numbers little end first, texts and blobs after their length.
struct Packing: Sendable {
  private(set) var bytes: [UInt8] = []

  mutating func add<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  mutating func add(_ blob: [UInt8]) {
    add(UInt32(blob.count))
    bytes.append(contentsOf: blob)
  }

  mutating func add(_ text: String) { add(Array(text.utf8)) }

  /// Without a length before them: what comes last needs none.
  mutating func addRest(_ rest: some Sequence<UInt8>) { bytes.append(contentsOf: rest) }
}

/// Bytes being taken apart; once something is missing everything else is nil, too.
struct Unpacking: Sendable {
  private let bytes: ArraySlice<UInt8>
  private var place: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  var left: Int { bytes.endIndex - place }

  mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
    let size = MemoryLayout<Number>.size
    guard left >= size else { return fail() }
    defer { place += size }
    return bytes.withUnsafeBytes {
      Number(
        littleEndian: $0.loadUnaligned(fromByteOffset: place - bytes.startIndex, as: Number.self))
    }
  }

  mutating func flag() -> Bool? { number(UInt8.self).map { $0 != 0 } }

  mutating func blob() -> [UInt8]? {
    guard let count = number(UInt32.self) else { return nil }
    return take(Int(count))
  }

  mutating func text() -> String? { blob().map { String(decoding: $0, as: UTF8.self) } }

  mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0, left >= count else { return fail() }
    defer { place += count }
    return Array(bytes[place..<place + count])
  }

  mutating func rest() -> [UInt8] { take(left) ?? [] }

  private mutating func fail<Result>() -> Result? {
    place = bytes.endIndex
    return nil
  }
}
