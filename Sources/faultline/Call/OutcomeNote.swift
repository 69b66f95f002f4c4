import Basics
import Glibc
import Linux

/// What a run's own process, inside, tells the one outside that waits for it: where it leaves what it saw, or why it could
/// not begin.
struct OutcomeNote: ~Copyable {
  private static let variable = "FAULTLINE_OUTCOME"
  private let file: Descriptor

  /// Outside: an empty one, which the next process that this one starts inside is told of.
  init() throws(Errno) {
    file = try Descriptor.temporary()
    setenv(Self.variable, "\(file.raw)", 1)
  }

  /// What the process inside must inherit.
  var descriptor: Int32 { file.raw }

  /// Outside, once that has ended: the run's folder, or what it said of its trouble.
  borrowing func read() -> (folder: String?, trouble: String?) {
    unsetenv(Self.variable)
    let text = (try? file.contents()).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let document = try? JSON(reading: text)
    return (document?["folder"]?.text, document?["trouble"]?.text)
  }

  /// Inside: writes it, the first time only.
  static func leave(folder: String? = nil, trouble: String? = nil) {
    guard getpid() == 1, let text = getenv(variable), let number = Int32(String(cString: text))
    else { return }
    unsetenv(variable)
    let document: JSON = [
      "folder": .optional(folder) { .string($0) }, "trouble": .optional(trouble) { .string($0) },
    ]
    // Who waits outside sees the exit code in any case.
    try? Descriptor(owning: number).write(document.text())
  }
}
