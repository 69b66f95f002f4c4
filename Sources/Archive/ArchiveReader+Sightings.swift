internal import Basics
internal import Histories
internal import SQLite

/// From version 6 on an archive has a row for each moment at which something was seen.
extension ArchiveReader {
  /// What a row of `sighting` may be about.
  private struct Topic {
    /// How far its rows stand from their moments.
    var shift: Int64
    /// Several, whose values stand in a list.
    var isList: Bool
    var seen: [(columns: FactColumns, hasValue: Bool)]
    var bytes: Int
  }

  mutating func readSightings() throws(ReadError) {
    let topics = try readTopics()
    // A long topic may be that of many short rows: what comes of them is watched here, not by SQLite.
    var bytes = 0
    try rows("select time, topic, value from sighting order by time") {
      (reader, row) throws(ReadError) in
      guard let number = Int(exactly: row.integer(1)), topics.indices.contains(number) else {
        throw .version("a sighting of the topic \(row.integer(1)), which the file has not")
      }
      let topic = topics[number]
      bytes += topic.bytes
      if bytes > 16 << 20 {
        bytes = 0
        if let part = reader.budget.spent { throw .spent(part) }
      }
      guard let time = Instant(checking: row.integer(0) &- topic.shift) else {
        throw .version("a sighting at a time that is too far away for a moment of a run")
      }
      let values = try reader.values(row, topic)
      for (seen, value) in zip(topic.seen, values) {
        var columns = seen.columns
        if !seen.hasValue { columns.value = value }
        guard let fact = columns.fact else {
          throw .version("an observation of the unknown kind '\(columns.kind)'")
        }
        reader.builder.observe(Observation(time: time, fact))
      }
    }
  }

  /// As many as the topic has observations.
  private func values(
    _ row: borrowing Statement, _ topic: Topic
  ) throws(ReadError) -> [String] {
    guard topic.isList else { return [row.text(2)] }
    guard let elements = try? JSON(reading: row.text(2)).elements,
      elements.count == topic.seen.count
    else { throw .version("a sighting has not as many values as its topic") }
    return elements.map { element in
      switch element {
      case .integer(let number): "\(number)"
      default: element.text ?? ""
      }
    }
  }

  private mutating func readTopics() throws(ReadError) -> [Topic] {
    var topics: [Topic] = []
    try rows(
      "select id, place, shift, kind, subject, node, source, value from topic order by id, place"
    ) { (_, row) throws(ReadError) in
      let columns = FactColumns(
        kind: row.text(3), subject: row.text(4), node: row.text(5), value: row.text(7),
        source: row.text(6))
      let (id, place) = (row.integer(0), row.integer(1))
      let hasValue = row.kind(7) != .null
      if id == Int64(topics.count), place == 0 || place == 1 {
        topics.append(Topic(shift: row.integer(2), isList: place == 1, seen: [], bytes: 0))
      } else if id != Int64(topics.count - 1) || topics.last?.isList != true
        || place != Int64(topics[topics.count - 1].seen.count + 1)
      {
        throw .version("the ids and places of table topic are not 0, 1, 2 …")
      }
      topics[topics.count - 1].seen.append((columns, hasValue))
      topics[topics.count - 1].bytes += (3..<8).reduce(0) { sum, column in
        sum + row.withUTF8(column) { $0.count }
      }
    }
    return topics
  }
}
