import Glibc

/// One line on standard error for what an operator would want to know.
enum Log {
  static func write(_ line: String) {
    let text = "orders-api: \(line)\n"
    _ = text.withCString { Glibc.write(STDERR_FILENO, $0, text.utf8.count) }
  }
}
