internal import Basics
public import YAML

/// What happened, as a person wrote it down: moments and sentences, and which stack stands for what they are about.
///
///     incident: The balancer died at night
///     stack: floating-address
///     names: {lb1: lb-a}
///     timeline:
///       - 14:03:10 lb1 lost power
///       - 14:05 promoted db-b by hand
public struct Incident: Sendable {
  /// A few words for a person.
  public let title: String
  /// Where it is written down; nil where nowhere.
  public let source: String?
  /// What it was about, for a person; nil where nothing is said.
  public let description: String?
  /// The stack that stands for what it happened to.
  public let stack: String
  /// The parameters of that stack that it chooses.
  public let parameters: [YAMLNode.Entry]
  /// The path of an experiment on the stack, whose traffic is sent; nil: the usual one's.
  public let traffic: String?
  /// What the sentences call something, and what it is in the stack: a node, `site a`.
  public let names: [(said: String, meant: String)]
  /// In the order written; none is earlier than the one before it.
  public let events: [Event]

  /// A moment of an incident.
  public struct Event: Sendable {
    /// When, by the first event.
    public let at: Duration
    /// The time as it was written.
    public let time: String
    /// What is said of it.
    public let says: String
    /// What is to be done then; nil: what the sentence says.
    public let step: YAMLNode?
    /// Where it is written.
    public let mark: Mark
  }

  /// Reads a timeline's file.
  ///
  /// - Throws: everything that is wrong with it, each with its place.
  public init(reading root: YAMLNode) throws(Problems) {
    var fields = Fields(root, of: "an incident")
    title = fields.requiredText("incident") ?? ""
    stack = fields.requiredText("stack") ?? ""
    source = fields.text("source")
    description = fields.text("description")
    traffic = fields.text("traffic")
    parameters = fields.mapping("with")
    names = fields.mapping("names").map { ($0.key, $0.value.text ?? "") }
    _ = fields.require("timeline")
    var reader = EventReader()
    events = fields.list("timeline").compactMap { reader.read($0, &fields) }
    if events.isEmpty, fields.problems.isEmpty {
      fields.refuse("'timeline' needs a line: '14:03:10 lb-a lost power'")
    }
    var problems: [Problem] = []
    fields.finish(into: &problems)
    guard problems.isEmpty else { throw Problems(problems) }
  }
}

/// Reads the lines of a timeline in their order.
private struct EventReader {
  private var first: Int64?
  private var last: Int64 = 0

  /// Milliseconds of a day.
  private static let day: Int64 = 86_400_000

  mutating func read(_ node: YAMLNode, _ outer: inout Fields) -> Incident.Event? {
    if let text = node.text {
      let words = text.split(separator: " ", maxSplits: 1)
      let isDated = words.count == 2 && Self.isDate(words[0])
      let parts = text.split(separator: " ", maxSplits: isDated ? 2 : 1)
      let time = parts.dropLast().last.map(String.init) ?? text
      guard parts.count == (isDated ? 3 : 2) else {
        outer.refuse("a line is a time and a sentence: '14:03:10 lb-a lost power'", at: node.mark)
        return nil
      }
      return event(time, String(parts[parts.count - 1]), nil, node.mark, &outer)
    }
    guard node.entries != nil else {
      outer.refuse("a line is a time and a sentence: '14:03:10 lb-a lost power'", at: node.mark)
      return nil
    }
    var fields = Fields(node, of: "a line of a timeline")
    let time = fields.requiredText("at")
    // That nothing is to be done is something said, too.
    _ = fields.take("step")
    let step = node["step"]
    let says = fields.text("says") ?? step?.flowText ?? ""
    fields.finish(into: &outer.problems)
    return time.flatMap { event($0, says, step, node.mark, &outer) }
  }

  private mutating func event(
    _ time: String, _ says: String, _ step: YAMLNode?, _ mark: Mark, _ fields: inout Fields
  ) -> Incident.Event? {
    guard let read = moment(time) else {
      fields.refuse(
        "'\(time)' is no time of day such as 14:03:10, and no +90s after the line before", at: mark)
      return nil
    }
    // A time of day that is earlier is the next day's.
    var now = read
    while now < last { now += Self.day }
    last = now
    let begin = first ?? now
    first = begin
    return .init(
      at: .milliseconds(now - begin), time: time, says: says, step: step, mark: mark)
  }

  /// In milliseconds of the day, or after the line before.
  private func moment(_ text: String) -> Int64? {
    if text.hasPrefix("+") {
      return Duration(text: String(text.dropFirst())).map { last + $0.nanoseconds / 1_000_000 }
    }
    let clock = text.split(separator: "T").last ?? ""
    let digits = clock.hasSuffix("Z") ? clock.dropLast() : clock
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts[1].count == 2, let hours = Int64(parts[0]),
      let minutes = Int64(parts[1]),
      (0...24).contains(hours), (0...59).contains(minutes)
    else { return nil }
    let seconds = parts.count == 3 ? Double(parts[2]) : 0
    guard let seconds, (0..<60).contains(seconds) else { return nil }
    return (hours * 60 + minutes) * 60_000 + Int64((seconds * 1000).rounded())
  }

  /// `2018-10-21`.
  private static func isDate(_ word: Substring) -> Bool {
    let parts = word.split(separator: "-")
    return parts.count == 3 && parts.allSatisfy { Int($0) != nil }
  }
}
