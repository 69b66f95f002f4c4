internal import Basics

/// Faultline's own JSON lines: a header, then one event, fault or observation per line, without
/// losing anything a history holds.
///
///     {"faultline":"history","version":1,"times":true,"order":true}
///     {"type":"invoke","process":0,"f":"write","value":1,"time":1200}
///     {"fault":1,"name":"kill","summary":"kill db-a","targets":["db-a"],"injected":2000}
///     {"observation":"owner","subject":"10.0.0.5","node":"lb-b","value":"held","source":"arp","time":9}
struct JSONLines: RecordParser {
  private var form = JSONForm(.faultline)
  private var hasHeader = false

  func prepare(_ events: inout EventAssembler) {
    events.concludesKeys = false
    events.knowsSetWords = false
  }

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    form.reset()
    JSONForm.skipBlank(&source)
    guard let byte = source.peek else { return false }
    let start = source.position
    guard byte == UInt8(ascii: "{") else {
      throw .wrong(at: start, "every line must be an object {…}")
    }
    let isEvent = hasHeader && isEvent(source)
    if isEvent {
      let raw = try RawEvent(object: &source, &form, &events.builder.values)
      try events.take(raw, at: start)
      return true
    }
    let object = try form.value(&source, &events.builder.values)
    if !hasHeader {
      try header(object, &events, at: start)
    } else {
      try take(object, &events, at: start)
    }
    return true
  }

  mutating func finish(_ source: ByteSource, _ events: inout EventAssembler) throws(ParseStop) {
    guard hasHeader else { throw .wrong(at: 0, "the text ends before the header") }
  }

  /// Events begin with their type; marks and observations with what they are.
  private func isEvent(_ source: ByteSource) -> Bool {
    let end = source.position + 8
    guard end <= source.limit else { return true }
    return !source.matches(source.position + 2..<end, "fault\"")
      && !source.matches(source.position + 2..<end, "observ")
  }

  private mutating func header(
    _ object: Value, _ events: inout EventAssembler, at start: Int
  ) throws(ParseStop) {
    let values = events.builder.values
    guard let kind = values.member("faultline", of: object), values.isWord(kind, "history") else {
      throw .wrong(at: start, "the first line must be the header {\"faultline\":\"history\",…}")
    }
    guard values.member("version", of: object) == .small(1) else {
      throw .wrong(at: start, "a version of these lines that this reader does not know")
    }
    events.builder.hasTimes = values.member("times", of: object) != .false
    events.builder.hasRealTimeOrder = values.member("order", of: object) != .false
    hasHeader = true
  }

  private func take(
    _ object: Value, _ events: inout EventAssembler, at start: Int
  ) throws(ParseStop) {
    let members = ObjectMembers(object, events.builder.values, at: start)
    if let kind = members.value("observation") {
      events.builder.observe(try observation(members, kind))
    } else {
      events.builder.faults.append(try fault(members))
    }
  }

  private func observation(_ members: ObjectMembers, _ kind: Value) throws(ParseStop) -> Observation
  {
    let columns = FactColumns(
      kind: members.values.text(kind) ?? "", subject: try members.text("subject"),
      node: try members.text("node"), value: try members.text("value"),
      source: try members.text("source"))
    guard let fact = columns.fact else {
      throw .wrong(at: members.start, "an unknown kind of observation")
    }
    return Observation(time: try members.instant("time"), fact)
  }

  private func fault(_ members: ObjectMembers) throws(ParseStop) -> FaultMark {
    let targets = members.value("targets").flatMap { members.values.elements($0) } ?? []
    var mark = FaultMark(
      id: try members.integer("fault"), name: try members.text("name"),
      summary: try members.text("summary"),
      targets: targets.compactMap(members.values.text).map { .init(text: $0) },
      injected: try members.instant("injected"))
    mark.confirmed = try members.optionalInstant("confirmed")
    mark.confirmation = try members.text("confirmation")
    mark.healed = try members.optionalInstant("healed")
    mark.healConfirmed = try members.optionalInstant("heal-confirmed")
    mark.isAction = members.value("action") == .true
    mark.isContradicted = members.value("contradicted") == .true
    let measures = members.value("measures").flatMap { members.values.elements($0) } ?? []
    mark.measures = measures.compactMap { entry in
      FaultMeasure(texts: (members.values.elements(entry) ?? []).compactMap(members.values.text))
    }
    let reach = members.value("reach").flatMap { members.values.elements($0) } ?? []
    mark.reach = FaultReach(texts: reach.compactMap(members.values.text))
    return mark
  }
}

/// The members of one object, with errors that name the place.
struct ObjectMembers {
  let object: Value
  let values: Values
  let start: Int

  init(_ object: Value, _ values: Values, at start: Int) {
    self.object = object
    self.values = values
    self.start = start
  }

  func value(_ name: String) -> Value? { values.member(name, of: object) }

  func text(_ name: String) throws(ParseStop) -> String {
    guard let text = value(name).flatMap({ values.text($0) }) else {
      throw .wrong(at: start, "'\(name)' must be a text")
    }
    return text
  }

  func integer(_ name: String) throws(ParseStop) -> Int {
    guard let integer = value(name).flatMap({ values.integer($0) }) else {
      throw .wrong(at: start, "'\(name)' must be a whole number")
    }
    return Int(integer)
  }

  func instant(_ name: String) throws(ParseStop) -> Instant {
    guard let instant = Instant(checking: Int64(try integer(name))) else {
      throw .wrong(at: start, "'\(name)' is too far away for a moment of a run")
    }
    return instant
  }

  func optionalInstant(_ name: String) throws(ParseStop) -> Instant? {
    guard let value = value(name), !value.isNone else { return nil }
    return try instant(name)
  }
}
