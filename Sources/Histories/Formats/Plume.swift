internal import Basics

/// The text of Plume, PolySI and converted Cobra histories: a line `r(key,value,session,transaction)`
/// or `w(key,value,session,transaction)` for each operation, in the order of its session.
///
/// Transactions are known by their numbers alone, so that their lines may stand anywhere. To these
/// tools every key begins as 0: a read of 0 that no line wrote found the initial state. Transaction
/// -1 holds writes that were rolled back, session -1 the initial writes themselves.
struct Plume: RecordParser {
  private var transactions: [Transaction] = []
  private var places: [Int64: Int] = [:]
  /// In the order of their first lines: the transactions of each session.
  private var sessions: [(process: Int32, transactions: [Int])] = []
  private var sessionPlaces: [Int32: Int] = [:]
  private var keysWrittenZero: Set<Value> = []

  private struct Transaction {
    let process: Int32
    let isAborted: Bool
    var operations: [Micro] = []
  }

  private struct Micro {
    let isRead: Bool
    let key: Value
    let value: Value
  }

  func prepare(_ events: inout EventAssembler) { events.expectSessionsOnly() }

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    guard let whole = try source.nextLine() else { return false }
    let line = LineFields.trimmed(whole, source)
    if line.isEmpty { return true }
    let (isRead, fields) = try Plume.fields(line, source)
    let key = try Plume.number(fields[0], source, "the key", &events.builder.values)
    let value = try Plume.number(fields[1], source, "the value", &events.builder.values)
    let session = try LineFields.integer(fields[2], source, "the session")
    let transaction = try LineFields.integer(fields[3], source, "the transaction")
    if session == -1 {
      guard transaction == -1, !isRead, value == .small(0) else {
        throw .wrong(at: line.lowerBound, "session -1 is of the initial writes w(key,0,-1,-1)")
      }
      return true
    }
    guard session >= 0, let process = Int32(exactly: session), transaction >= -1 else {
      throw .wrong(
        at: fields[2].lowerBound,
        "sessions are numbered from 0 to \(Int32.max), transactions from 0")
    }
    let micro = Micro(isRead: isRead, key: key, value: value)
    try take(micro, of: transaction, on: process, at: line.lowerBound)
    return true
  }

  /// The four numbers between the brackets, and whether they are of a read.
  private static func fields(
    _ line: Range<Int>, _ source: ByteSource
  ) throws(ParseStop) -> (isRead: Bool, fields: [Range<Int>]) {
    let mark = source.bytes[line.lowerBound]
    guard line.count > 3, mark == UInt8(ascii: "r") || mark == UInt8(ascii: "w"),
      source.bytes[line.lowerBound + 1] == UInt8(ascii: "("),
      source.bytes[line.upperBound - 1] == UInt8(ascii: ")")
    else { throw expected(line, source) }
    let inside = line.lowerBound + 2..<line.upperBound - 1
    let fields = LineFields.split(inside, source, by: UInt8(ascii: ","))
    guard fields.count == 4 else { throw expected(line, source) }
    return (mark == UInt8(ascii: "r"), fields)
  }

  private static func expected(_ line: Range<Int>, _ source: ByteSource) -> ParseStop {
    .wrong(
      at: line.lowerBound,
      "expected 'r(key,value,session,transaction)' or 'w(…)', not '\(source.excerpt(line))'")
  }

  /// A whole number of any size: hashes of 64 bits without a sign are kept as texts.
  private static func number(
    _ range: Range<Int>, _ source: ByteSource, _ what: String, _ values: inout Values
  ) throws(ParseStop) -> Value {
    if range.count > 18, range.count < 40, range.allSatisfy({ source.bytes[$0].isDigit }),
      Int64(source.text(range)) == nil
    {
      return values.text(source.text(range))
    }
    return values.integer(try LineFields.integer(range, source, what))
  }

  private mutating func take(
    _ micro: Micro, of number: Int64, on process: Int32, at start: Int
  ) throws(ParseStop) {
    if number == -1 {
      // What a transaction read that was rolled back says nothing.
      guard !micro.isRead else { return }
      begin(Transaction(process: process, isAborted: true, operations: [micro]))
      return
    }
    if !micro.isRead, micro.value == .small(0) { keysWrittenZero.insert(micro.key) }
    guard let place = places[number] else {
      places[number] = transactions.count
      begin(Transaction(process: process, isAborted: false, operations: [micro]))
      return
    }
    guard transactions[place].process == process else {
      throw .wrong(
        at: start,
        "transaction \(number) is of session \(process) here and of "
          + "\(transactions[place].process) before")
    }
    transactions[place].operations.append(micro)
  }

  private mutating func begin(_ transaction: Transaction) {
    let place = transactions.count
    transactions.append(transaction)
    if let session = sessionPlaces[transaction.process] {
      sessions[session].transactions.append(place)
    } else {
      sessionPlaces[transaction.process] = sessions.count
      sessions.append((transaction.process, [place]))
    }
  }

  mutating func finish(_ source: ByteSource, _ events: inout EventAssembler) throws(ParseStop) {
    var recorder = TransactionRecorder()
    var initialReads = 0
    for session in sessions {
      recorder.session = session.process
      for place in session.transactions {
        let transaction = transactions[place]
        for micro in transaction.operations {
          if micro.isRead {
            let isInitial = micro.value == .small(0) && !keysWrittenZero.contains(micro.key)
            if isInitial { initialReads += 1 }
            recorder.read(micro.key, isInitial ? .none : micro.value, &events.builder.values)
          } else {
            recorder.write(micro.key, micro.value, &events.builder.values)
          }
        }
        try recorder.end(
          as: transaction.isAborted ? .fail : .ok, &events, at: source.bytes.count)
      }
    }
    guard initialReads > 0 else { return }
    events.builder.notes.append(
      "reads of 0, which nothing wrote (\(initialReads)), are of the initial state, as in Plume")
  }
}
