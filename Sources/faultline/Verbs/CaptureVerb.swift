import Basics
import Glibc
import Harness
import Linux
import Packets
import YAML

struct CaptureVerb: Verb {
  static let name = "capture"
  static let summary =
    "Record, or show, what is sent in a network of a stack that is up or of a run."
  static let usage =
    "NETWORK [-w FILE] [--node NODE] [--headers] [--for 10s] [--stack NAME] [--json]"
  static let options: [Option] = [
    Option(
      name: "write", value: "FILE",
      summary:
        "Into a pcapng file instead of showing a line a frame; - is standard output; -w, too.",
      aliases: ["-w"]),
    Option(name: "node", value: "NODE", summary: "Only what it sends; may be given again."),
    Option(name: "headers", value: nil, summary: "Keep headers only; whole frames by default."),
    Option(
      name: "for", value: "10s",
      summary: "End after so long; with Ctrl-C, or the stack, by default."),
    .stack, .liveReports, .json,
  ]
  static let notes = """
    NETWORK is a name in the stack's file; a wrong one is answered with those there are, 'all' is all. A frame is shown
    as its sender sends it, before links and faults decide what becomes of it; faults are in the file
    as comments. With another program: faultline capture front -w - | tcpdump -n -r -
    Letters of TCP: S syn, A ack, P push, F fin, R reset, U urgent. Secrets are not masked in what is recorded.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard !arguments.operands.isEmpty else {
      throw UsageError("'capture' takes a network: faultline capture NETWORK, or 'all'")
    }
    let length = try length(arguments)
    let networks = arguments.operands == ["all"] ? [] : arguments.operands
    let recording = LiveRequest.Recording(
      networks: networks, nodes: arguments.all("node"), isHeadersOnly: arguments.has("headers"))
    Signals.block([SIGINT, SIGTERM])
    let live = try LiveConnection.open(
      arguments.value("stack"), reports: arguments.value("reports"))
    let isJSON = arguments.has("json")
    let end = length.map { MonotonicClock.nanoseconds + $0.nanoseconds }
    guard let file = arguments.value("write"), file != "-" else {
      let pipe = try Descriptor.pipe()
      let isCopy = arguments.value("write") != nil
      let output: any CaptureOutput = isCopy ? CaptureCopy() : FrameLines(isJSON: isJSON)
      return try pass(pipe, recording, live, output, until: end)
    }
    let output = try Descriptor.open(file, .replace)
    try live.begin(.capture(recording), files: [output.raw])
    return try wait(live, until: end, told: file, isJSON: isJSON)
  }

  private static func length(_ arguments: Arguments) throws(UsageError) -> Duration? {
    guard let text = arguments.value("for") else { return nil }
    guard let length = Duration(text: text), length > .zero else {
      throw UsageError("--for takes a duration such as 10s, not '\(text)'")
    }
    return length
  }

  /// Passes on what comes through a pipe until it is enough.
  private static func pass(
    _ pipe: consuming Pipe, _ recording: LiveRequest.Recording,
    _ live: borrowing LiveConnection, _ output: any CaptureOutput, until end: Int64?
  ) throws -> ExitCode {
    try live.begin(.capture(recording), files: [pipe.writing.raw])
    let reading = pipe.keepReading()
    let stop = StopFlag()
    let raw = live.descriptor
    var output = output
    var answer: [UInt8]?
    var isOpen = true
    while isOpen || answer == nil {
      let ready = try Poll.wait(
        [isOpen ? reading.raw : -1, answer == nil ? raw : -1],
        until: MonotonicClock.nanoseconds + glance)
      if ready[0] {
        let bytes = try reading.read(upTo: 1 << 16)
        isOpen = !bytes.isEmpty
        // Who reads no more has had enough.
        if !(try output.take(bytes)) { stop.raise() }
      }
      if ready[1] { answer = try live.answer() }
      if end.map({ MonotonicClock.nanoseconds >= $0 }) ?? false || isInterrupted { stop.raise() }
      if stop.isRaised, answer == nil { live.finishAsking() }
    }
    return try tell(answer ?? [])
  }

  private static let glance: Int64 = 50_000_000

  /// Whether Ctrl-C was pressed since the last look.
  private static var isInterrupted: Bool {
    Signals.wait(for: [SIGINT, SIGTERM], nanoseconds: 0) != nil
  }

  private static func wait(
    _ live: borrowing LiveConnection, until end: Int64?, told file: String, isJSON: Bool
  ) throws -> ExitCode {
    var isAsked = false
    while true {
      if try Poll.wait([live.descriptor], until: MonotonicClock.nanoseconds + glance)[0] {
        return try tell(live.answer(), file: file, isJSON: isJSON)
      }
      let isOver = end.map { MonotonicClock.nanoseconds >= $0 } ?? false
      guard !isAsked, isOver || isInterrupted else { continue }
      live.finishAsking()
      isAsked = true
    }
  }

  /// Says on standard error what it came to; frames that are missing are no success.
  private static func tell(
    _ bytes: [UInt8], file: String? = nil, isJSON: Bool = false
  ) throws -> ExitCode {
    let answer = try LiveConnection.read(bytes)
    func number(_ key: String) -> Int { answer[key]?.text.flatMap { Int($0) } ?? 0 }
    let (written, lost) = (number("written"), number("lost"))
    if isJSON {
      let document: JSON = [
        "file": .optional(file) { .string($0) }, "written": .integer(Int64(written)),
        "lost": .integer(Int64(lost)),
      ]
      show(document.text())
    }
    standardError(
      "\(written) frames" + (file.map { " in \($0)" } ?? "")
        + (lost > 0 ? "; \(lost) are missing: what reads them was too slow" : "") + "\n")
    return lost > 0 ? .unknown : .valid
  }
}

/// Where what was recorded goes.
private protocol CaptureOutput {
  /// False where nobody takes it any more.
  mutating func take(_ bytes: [UInt8]) throws -> Bool
}

/// As it is.
private struct CaptureCopy: CaptureOutput {
  mutating func take(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

/// A line a frame.
private struct FrameLines: CaptureOutput {
  /// Each line is a JSON document.
  let isJSON: Bool
  private var reader = PcapngReader()
  private var copy = CaptureCopy()

  init(isJSON: Bool) { self.isJSON = isJSON }

  mutating func take(_ bytes: [UInt8]) throws -> Bool {
    guard let items = reader.take(bytes) else {
      throw UsageError(
        "what the stack recorded cannot be read; it was brought up by another version")
    }
    let lines = items.flatMap(isJSON ? Self.documents : Self.lines).map { $0 + "\n" }
    return copy.take(Array(lines.joined().utf8))
  }

  private static func documents(_ item: PcapngReader.Item) -> [String] {
    guard case .packet(let packet) = item else { return [] }
    let line = FrameLine(packet.frame, originalBytes: packet.originalBytes)
    let document: JSON = [
      "time": .string(WallClock.timeText(packet.stamp)), "interface": .string(packet.interface),
      "frame": .string(line.text), "bytes": .integer(Int64(packet.originalBytes)),
      "comments": .strings(packet.comments),
    ]
    return [document.text()]
  }

  private static func lines(_ item: PcapngReader.Item) -> [String] {
    switch item {
    case .packet(let packet):
      let line = FrameLine(packet.frame, originalBytes: packet.originalBytes)
      return packet.comments.map { "-- \($0)".plainLine }
        + ["\(WallClock.timeText(packet.stamp))  \(packet.interface)  \(line.text)"]
    case .end(_, let comments): return comments.map { "-- \($0)".plainLine }
    }
  }
}
