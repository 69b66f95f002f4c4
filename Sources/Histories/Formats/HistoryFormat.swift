/// The formats a history can be read from, by the names the command line uses.
public enum HistoryFormat: String, CaseIterable, Sendable {
  /// Jepsen's `history.edn`: a stream, vector or list of maps.
  case jepsenEDN = "jepsen-edn"
  /// Jepsen events as a JSON array (elle-cli) or JSON lines.
  case jepsenJSON = "jepsen-json"
  /// Jepsen's console log, with noise between the events.
  case jepsenLog = "jepsen-log"
  /// Jepsen's `history.txt`.
  case historyText = "history-txt"
  /// Porcupine's `kv` corpus: one EDN map per line, with `:key`.
  case porcupineKV = "porcupine-kv"
  /// AWDIT's text of sessions and transactions.
  case awdit
  /// dbcop's JSON of sessions and transactions.
  case dbcop
  /// The text of Plume, PolySI and converted Cobra histories.
  case plume
  /// The generator's registers and key-value histories.
  case hist
  /// The generator's list-append transactions.
  case histTransactions = "hist-txn"
  /// Faultline's own JSON lines.
  case jsonLines = "jsonl"
  /// Faultline's `history.sqlite`; opened by the archive, not read as text.
  case sqlite

  /// One sentence for the list of formats.
  public var summary: String {
    switch self {
    case .jepsenEDN: "Jepsen's history.edn: a stream, vector or list of maps"
    case .jepsenJSON: "Jepsen events as a JSON array or JSON lines"
    case .jepsenLog: "Jepsen's console log, noise skipped"
    case .historyText: "Jepsen's history.txt: columns separated by tabs"
    case .porcupineKV: "Porcupine's key-value histories: EDN maps with a :key"
    case .awdit: "AWDIT's text: r/w lines, --- between transactions, === between sessions"
    case .dbcop: "dbcop's JSON: sessions of transactions"
    case .plume: "Plume's and Cobra's text: lines r(key,value,session,transaction) and w(…)"
    case .hist: "the generator's register and key-value histories"
    case .histTransactions: "the generator's list-append transactions"
    case .jsonLines: "Faultline's own JSON lines"
    case .sqlite: "Faultline's history.sqlite"
    }
  }

  func parser() -> (any RecordParser)? {
    switch self {
    case .jepsenEDN: JepsenEDN(readsKey: false)
    case .porcupineKV: JepsenEDN(readsKey: true)
    case .jepsenJSON: JepsenJSON()
    case .jepsenLog: JepsenLog()
    case .historyText: HistoryText()
    case .awdit: AWDIT()
    case .dbcop: Dbcop()
    case .plume: Plume()
    case .hist: GeneratorHistory()
    case .histTransactions: GeneratorTransactions()
    case .jsonLines: JSONLines()
    case .sqlite: nil
    }
  }
}
