import Basics
import Foundation
import Histories

/// A minimal reader of the shared corpora, for these tests only; to be replaced by
/// `Histories/Formats`.
enum ForeignHistory {
  static func read(_ text: String, format: String) throws -> History {
    var builder = HistoryBuilder()
    builder.hasTimes = false
    if format == "jepsen-log" {
      for line in text.split(separator: "\n") { try readLogLine(line, &builder) }
    } else {
      var reader = EDNReader(bytes: Array(text.utf8))
      while let form = reader.next(&builder.values) { try readForm(form, &builder) }
    }
    return builder.finish()
  }

  private static func readLogLine(_ line: Substring, _ builder: inout HistoryBuilder) throws {
    guard let start = line.range(of: "jepsen.util - ")?.upperBound else { return }
    let fields = line[start...].split(separator: "\t", maxSplits: 3)
    guard fields.count >= 3, let process = Int32(fields[0].trimmingCharacters(in: .whitespaces))
    else { return }
    var reader = EDNReader(bytes: Array((fields.count > 3 ? fields[3] : "nil").utf8))
    var value = reader.next(&builder.values) ?? .none
    if value.kind == .symbol { value = .none }
    try append(
      process, String(fields[1].dropFirst()), String(fields[2].dropFirst()), value, .none, &builder)
  }

  private static func readForm(_ form: Value, _ builder: inout HistoryBuilder) throws {
    if let elements = builder.values.elements(form) {
      for element in Array(elements) { try readForm(element, &builder) }
      return
    }
    let values = builder.values
    guard let process = values.member("process", of: form)?.smallInteger else { return }
    let key = values.member("key", of: form) ?? .none
    try append(
      Int32(process), values.text(values.member("type", of: form)!)!,
      values.text(values.member("f", of: form)!)!, values.member("value", of: form) ?? .none,
      key, &builder)
  }

  private static func append(
    _ process: Int32, _ type: String, _ f: String, _ value: Value, _ key: Value,
    _ builder: inout HistoryBuilder
  ) throws {
    let kinds: [String: Event.Kind] = ["invoke": .invoke, "ok": .ok, "fail": .fail, "info": .info]
    var event = Event(
      process: process, kind: kinds[type]!, function: builder.function(f), value: value,
      time: .start)
    event.key = key
    try builder.append(event)
  }
}

/// Enough of EDN for the corpora.
private struct EDNReader {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func skip() {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: ";"):
        while position < bytes.count, bytes[position] != 10 { position += 1 }
      case UInt8(ascii: ","), 0...32: position += 1
      default: return
      }
    }
  }

  mutating func next(_ values: inout Values) -> Value? {
    skip()
    guard position < bytes.count else { return nil }
    switch bytes[position] {
    case UInt8(ascii: "["), UInt8(ascii: "("):
      let elements = collection(&values)
      return values.list(elements)
    case UInt8(ascii: "{"):
      let elements = collection(&values)
      return values.map(elements)
    case UInt8(ascii: "\""):
      let start = position + 1
      position = bytes[start...].firstIndex(of: UInt8(ascii: "\""))!
      defer { position += 1 }
      return values.text(String(decoding: bytes[start..<position], as: UTF8.self))
    default: return word(&values)
    }
  }

  private mutating func collection(_ values: inout Values) -> [Value] {
    position += 1
    var elements: [Value] = []
    while true {
      skip()
      if "])}".utf8.contains(bytes[position]) {
        position += 1
        return elements
      }
      elements.append(next(&values)!)
    }
  }

  private mutating func word(_ values: inout Values) -> Value {
    let start = position
    while position < bytes.count, bytes[position] > 32, !",[](){}\"".utf8.contains(bytes[position])
    {
      position += 1
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    if word == "nil" { return .none }
    if let integer = Int64(word) { return values.integer(integer) }
    return values.symbol(word.hasPrefix(":") ? String(word.dropFirst()) : word)
  }
}
