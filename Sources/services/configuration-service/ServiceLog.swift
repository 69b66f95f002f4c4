import Glibc

/// One line on standard error for what an operator would want to know.
enum ServiceLog {
  static func write(_ line: String) {
    let text = "configuration-service: \(line)\n"
    _ = text.withCString { Glibc.write(STDERR_FILENO, $0, text.utf8.count) }
  }
}
