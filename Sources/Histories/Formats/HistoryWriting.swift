/// Why a history cannot be said in a format: which operation, and a sentence.
public struct WritingError: Error, Hashable, CustomStringConvertible {
  /// The whole sentence, which names the operation where one is to blame.
  public let message: String

  /// An error with a sentence that says what the format has no words for.
  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

extension HistoryFormat {
  /// The formats a history can be written in.
  public static let writable: [HistoryFormat] = [.jepsenEDN, .jsonLines, .porcupineKV]

  /// A format by its name; `porcupine` is short for `porcupine-kv`, and `cobra` is Plume's text.
  public init?(name: String) {
    self.init(rawValue: ["porcupine": "porcupine-kv", "cobra": "plume"][name] ?? name)
  }
}

extension History {
  /// Writes the history as text, handed to the sink in pieces of some 64 KiB.
  ///
  /// `jsonl` keeps everything. `jepsen-edn` keeps what Jepsen has words for: observations are left
  /// out, and faults become events of a nemesis. `porcupine-kv` holds gets, puts and appends only.
  ///
  /// - Throws: `WritingError` when the history does not fit the format, and what the sink throws.
  public func write(as format: HistoryFormat, to sink: ([UInt8]) throws -> Void) throws {
    switch format {
    case .jepsenEDN:
      try JepsenEDNWriter(self).write(to: sink)
    case .jsonLines:
      try JSONLinesWriter(self).write(to: sink)
    case .porcupineKV:
      try PorcupineWriter(self).write(to: sink)
    default:
      let names = HistoryFormat.writable.map(\.rawValue).joined(separator: ", ")
      throw WritingError("\(format.rawValue) is only read; a history is written as \(names)")
    }
  }
}

/// Collects lines and hands them on in pieces.
struct LineOutput {
  var bytes: [UInt8] = []
  let sink: ([UInt8]) throws -> Void

  mutating func endLine() throws {
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count >= 1 << 16 { try flush() }
  }

  mutating func flush() throws {
    guard !bytes.isEmpty else { return }
    try sink(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
