internal import Basics
import CPQ

/// The servers that a URL names, each with everything that libpq must know to connect to it.
///
/// libpq tries several servers by itself, but while nobody blocks in it, it gives up none of them; so each
/// is tried by itself, within a time of its own.
struct SQLServers {
  /// Keywords of libpq with their values.
  typealias Parameters = [(keyword: String, value: String)]

  /// In the order to be tried.
  let attempts: [Parameters]
  /// The URL's own `connect_timeout`; nil where it has none.
  let connectTimeout: Duration?

  struct Refusal: Error {
    let message: String
  }

  init(_ url: String) throws(Refusal) {
    let written = try Self.parse(url)
    let seconds = written.first { $0.keyword == "connect_timeout" }.flatMap { Int($0.value) } ?? 0
    connectTimeout = seconds > 0 ? .seconds(seconds) : nil
    func list(_ keyword: String) -> [String] {
      let value = written.first { $0.keyword == keyword }?.value ?? ""
      return value.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
    }
    let listed = ["host": list("host"), "hostaddr": list("hostaddr"), "port": list("port")]
    let session = list("target_session_attrs").first ?? ""
    // First a standby of any server, then any server.
    let wishes = session == "prefer-standby" ? ["standby", "any"] : [session]
    let count = max(1, listed["host"]?.count ?? 0, listed["hostaddr"]?.count ?? 0)
    let shared = written.filter {
      listed[$0.keyword] == nil
        && !["connect_timeout", "target_session_attrs"].contains($0.keyword)
    }
    attempts = wishes.flatMap { wish in
      (0..<count).map { index in
        var parameters = shared
        for keyword in ["host", "hostaddr", "port"] {
          let values = listed[keyword] ?? []
          let value =
            values.count == 1 ? values[0] : values.indices.contains(index) ? values[index] : ""
          if !value.isEmpty { parameters.append((keyword, value)) }
        }
        if !wish.isEmpty { parameters.append(("target_session_attrs", wish)) }
        return parameters + [("fallback_application_name", "faultline")]
      }
    }
  }

  private static func parse(_ url: String) throws(Refusal) -> Parameters {
    var error: UnsafeMutablePointer<CChar>?
    guard let options = unsafe PQconninfoParse(url, &error) else {
      let message = unsafe error.map { unsafe String(cString: $0) } ?? "libpq has no memory"
      unsafe PQfreemem(error)
      throw Refusal(message: message.oneLine)
    }
    defer { unsafe PQconninfoFree(options) }
    var parameters: Parameters = []
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        unsafe parameters.append((String(cString: keyword), String(cString: value)))
      }
      unsafe option += 1
    }
    return parameters
  }
}

extension String {
  /// Its lines as one, without blanks at its ends: libraries end their messages with a line break.
  var oneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
