import Glibc

/// One line on standard error for what an operator of a member would want to know.
enum Notice {
  static func write(_ line: String) {
    let text = "twosite-store: \(line)\n"
    _ = text.withCString { Glibc.write(STDERR_FILENO, $0, text.utf8.count) }
  }
}
