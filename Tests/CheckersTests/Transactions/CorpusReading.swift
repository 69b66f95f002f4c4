import Basics
import Foundation
import Histories

/// Just enough reading for the shared corpora's transactional histories.
enum CorpusReading {
  /// The shared corpora beside the package, where there are any.
  static let root: URL? = {
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    let shared = package.deletingLastPathComponent().appendingPathComponent("shared/corpora")
    let manifest = shared.appendingPathComponent("MANIFEST.tsv")
    return FileManager.default.fileExists(atPath: manifest.path) ? shared : nil
  }()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root!.appendingPathComponent(path), encoding: .utf8)
  }

  /// The rows of the manifest under a folder, by column.
  static func rows(under folder: String) throws -> [[String]] {
    try text("MANIFEST.tsv").split(separator: "\n")
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
      .filter { $0[0].hasPrefix(folder) }
  }

  static func edn(_ text: String) throws -> History {
    var builder = HistoryBuilder()
    var reader = EDNReading(text)
    while let map = reader.next(&builder.values) {
      let values = builder.values
      let kind = Event.Kind.allCases.first {
        "\($0)" == values.member("type", of: map).flatMap(values.text)
      }!
      let name = values.member("f", of: map).flatMap(values.text) ?? ""
      let process = values.member("process", of: map).flatMap(values.integer) ?? 0
      let function = builder.function(name)
      try builder.append(
        Event(
          process: Int32(process), kind: kind, function: function,
          value: values.member("value", of: map)!, time: .start))
    }
    return builder.finish()
  }

  /// Sessions are processes; the file knows no order between them.
  static func awdit(_ text: String) throws -> History {
    var builder = HistoryBuilder()
    builder.hasTimes = false
    let txn = builder.function("txn")
    var mops: [Value] = []
    var process: Int32 = 0
    func flush() throws {
      guard !mops.isEmpty else { return }
      let value = builder.values.list(mops)
      for kind in [Event.Kind.invoke, .ok] {
        try builder.append(
          Event(process: process, kind: kind, function: txn, value: value, time: .start))
      }
      mops = []
    }
    for line in text.split(separator: "\n") {
      if line.hasPrefix("-") {
        try flush()
      } else if line.hasPrefix("=") {
        try flush()
        process += 1
      } else {
        let parts = line.split(separator: " ")
        guard parts.count == 3 else { continue }
        let word = builder.values.symbol(String(parts[0]))
        let key = builder.values.integer(Int64(parts[1])!)
        mops.append(builder.values.list([word, key, builder.values.integer(Int64(parts[2])!)]))
      }
    }
    try flush()
    return builder.finish()
  }
}

/// Maps, vectors, keywords, whole numbers and nil.
private struct EDNReading {
  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func next(_ values: inout Values) -> Value? {
    skip()
    guard at < bytes.count else { return nil }
    switch bytes[at] {
    case UInt8(ascii: "["), UInt8(ascii: "("):
      let elements = sequence(&values)
      return values.list(elements)
    case UInt8(ascii: "{"):
      let elements = sequence(&values)
      return values.map(elements)
    case UInt8(ascii: ":"):
      at += 1
      return values.symbol(word())
    default:
      let word = word()
      return word == "nil" ? Value.none : values.integer(Int64(word)!)
    }
  }

  private mutating func sequence(_ values: inout Values) -> [Value] {
    at += 1
    var elements: [Value] = []
    while true {
      skip()
      if [UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}")].contains(bytes[at]) {
        at += 1
        return elements
      }
      elements.append(next(&values)!)
    }
  }

  private mutating func skip() {
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: ";") {
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
      } else if bytes[at] <= 32 || bytes[at] == UInt8(ascii: ",") {
        at += 1
      } else {
        return
      }
    }
  }

  private mutating func word() -> String {
    let start = at
    while at < bytes.count, bytes[at] > 32, !",[](){}".utf8.contains(bytes[at]) { at += 1 }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }
}
