internal import Basics

/// The kernel's account of how long some task of the machine has waited for a processor:
/// `/proc/pressure/cpu` (Documentation/accounting/psi.rst).
final class ProcessorPressure: Sendable {
  private let file: Descriptor

  /// Nil where the kernel keeps no such account, or keeps it to itself.
  init?() {
    guard let file = try? Descriptor.open("/proc/pressure/cpu", .read),
      let text = try? file.readFromStart(),
      Self.total(in: String(decoding: text, as: UTF8.self)) != nil
    else { return nil }
    self.file = file
  }

  /// Counted from the machine's start; nil where it cannot be read any more.
  var total: Duration? {
    guard let text = try? file.readFromStart() else { return nil }
    return Self.total(in: String(decoding: text, as: UTF8.self))
  }

  /// The account in such a text: the microseconds behind `total=` in the line that begins with
  /// `some`.
  static func total(in text: String) -> Duration? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("some ") }),
      let field = line.split(separator: " ").first(where: { $0.hasPrefix("total=") }),
      let microseconds = Int64(field.dropFirst("total=".count))
    else { return nil }
    return .microseconds(microseconds)
  }
}
