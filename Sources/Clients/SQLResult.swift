internal import Bindings
import CPQ

/// What libpq has read of an answer, as values.
struct SQLResult {
  /// The rows with their columns' kinds.
  var rows = SQLRows()
  /// The command as the server calls it: `COMMIT`, `INSERT 0 1`.
  var tag = ""

  init() {}

  @unsafe init(_ result: OpaquePointer) {
    unsafe tag = String(cString: PQcmdStatus(result))
    let columns = unsafe PQnfields(result)
    rows.columns = (0..<columns).map { unsafe Self.column(PQftype(result, $0)) }
    let count = unsafe PQntuples(result)
    rows.rows = (0..<count).map { row in
      (0..<columns).map { column in unsafe Self.value(result, row, column) }
    }
    unsafe rows.affected = Int(String(cString: PQcmdTuples(result))) ?? 0
  }

  /// The OIDs of the types that are built in (`pg_type.dat` of the server's sources).
  private static func column(_ type: Oid) -> SQLRows.Column {
    switch type {
    case 20, 21, 23, 26: .integer
    case 700, 701, 1700: .number
    case 16: .flag
    case 1000, 1005, 1007, 1009, 1015, 1016, 1021, 1022, 1231: .array
    default: .text
    }
  }

  private static func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> String? {
    guard unsafe PQgetisnull(result, row, column) == 0 else { return nil }
    return unsafe String(cString: PQgetvalue(result, row, column))
  }

  /// A field of an error, by the letter of the protocol; nil when it has none.
  @unsafe static func field(_ result: OpaquePointer, _ code: Int32) -> String? {
    unsafe PQresultErrorField(result, code).map { unsafe String(cString: $0).oneLine }
  }
}
