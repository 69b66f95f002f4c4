public import Basics

/// How an instance that watches others is asked which alerts fire.
public struct AlertQuery: Hashable, Sendable {
  /// What is asked.
  public enum Kind: Hashable, Sendable {
    /// A URL whose answer is a JSON list with an object for each alert. `name` is the path of its name in there
    /// (`labels.alertname`), `labels` that of an object of texts; nil for none.
    case http(url: String, name: [String], labels: [String]?)
    /// A command that prints a line for each alert: its name, then labels as `key=value`.
    case command([String])
  }

  /// What is asked; it must not be answered from a cache.
  public var kind: Kind
  /// How long an answer may take.
  public var within: Duration
  /// From the end of one look to the next.
  public var every: Duration
  /// Labels that are not kept, as they say nothing of what an alert is about.
  public var without: [String]

  /// A component that says that more alerts fire at once is not believed.
  static let most = 256
  /// The labels of one alert.
  static let mostLabels = 32
  /// Of a name, a key or a value, in bytes.
  static let longest = 256
}

/// Why an answer about alerts cannot be read, in a sentence without a full stop.
public struct AlertAnswerError: Error, Hashable, CustomStringConvertible {
  /// What is wrong with the answer.
  public let description: String
}

extension AlertQuery {
  /// The alerts that an answer says fire, each once and in order.
  ///
  /// - Throws: what is wrong with the answer: it is refused as a whole, for an alert that was left out or cut
  ///   would look like one that does not fire.
  public func alerts(in answer: String) throws(AlertAnswerError) -> [Alert] {
    let alerts: [Alert]
    switch kind {
    case .http(_, let name, let labels):
      alerts = try AlertQuery.listed(answer, name: name, labels: labels)
    case .command: alerts = try AlertQuery.printed(answer)
    }
    guard alerts.count <= AlertQuery.most else {
      throw AlertAnswerError(description: "more than \(AlertQuery.most) alerts at once")
    }
    for alert in alerts { try AlertQuery.bound(alert) }
    let kept = alerts.map { alert in
      Alert(alert.name, labels: alert.labels.filter { !without.contains($0.key) })
    }
    return Set(kept).sorted()
  }

  private static func bound(_ alert: Alert) throws(AlertAnswerError) {
    let texts = [alert.name] + alert.labels.flatMap { [$0.key, $0.value] }
    guard !alert.name.isEmpty else {
      throw AlertAnswerError(description: "an alert without a name")
    }
    guard alert.labels.count <= mostLabels, texts.allSatisfy({ $0.utf8.count <= longest }) else {
      throw AlertAnswerError(
        description: "an alert with more than \(mostLabels) labels, or with a text longer than "
          + "\(longest) bytes")
    }
  }

  private static func listed(
    _ answer: String, name: [String], labels: [String]?
  ) throws(AlertAnswerError) -> [Alert] {
    let json: JSON
    do { json = try JSON(reading: answer) } catch {
      throw AlertAnswerError(description: "an answer that is not JSON: \(error.message)")
    }
    guard case .array(let elements) = json else {
      throw AlertAnswerError(description: "a JSON list is expected here")
    }
    var alerts: [Alert] = []
    for element in elements {
      guard let text = AlertQuery.part(name, of: element)?.text else {
        throw AlertAnswerError(
          description: "an alert without a text at '\(name.joined(separator: "."))'")
      }
      var kept: [Alert.Label] = []
      if let labels {
        guard case .object(let members)? = AlertQuery.part(labels, of: element) else {
          throw AlertAnswerError(
            description: "an alert without labels at '\(labels.joined(separator: "."))'")
        }
        kept = members.compactMap { member in
          member.value.text.map { Alert.Label(member.name, $0) }
        }
      }
      alerts.append(Alert(text, labels: kept))
    }
    return alerts
  }

  private static func part(_ path: [String], of json: JSON) -> JSON? {
    path.reduce(json as JSON?) { part, name in part?[name] }
  }

  private static func printed(_ answer: String) throws(AlertAnswerError) -> [Alert] {
    var alerts: [Alert] = []
    for line in answer.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let name = words.first else { continue }
      let labels = words.dropFirst().compactMap { Alert.Label(reading: $0) }
      guard labels.count == words.count - 1 else {
        throw AlertAnswerError(
          description: "a name and then key=value are expected in a line, not '\(line)'")
      }
      alerts.append(Alert(String(name), labels: labels))
    }
    return alerts
  }
}
