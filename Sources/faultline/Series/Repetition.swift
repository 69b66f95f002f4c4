import Glibc
import Linux

/// Which of many runs this process makes: the parent that has begun it says so, and waits for what it prints.
struct Repetition {
  let number: Int
  let count: Int

  private static let variable = "FAULTLINE_REPEAT"

  /// For the environment of the process that makes it.
  var setting: String { "\(Self.variable)=\(number)/\(count)" }

  /// As reports tell it from the others; nil where there are none.
  var text: String? { count > 1 ? "run \(number) of \(count)" : nil }

  /// What this process is; nil where no other has begun it for that.
  static var own: Repetition? {
    guard let text = getenv(variable) else { return nil }
    let words = String(cString: text).split(separator: "/").compactMap { Int($0) }
    guard words.count == 2 else { return nil }
    return Repetition(number: words[0], count: words[1])
  }

  /// Ends this process with the one that has begun it.
  static func endWithParent() {
    // The process inside ends with the one outside, as always.
    if own != nil, Ticket.taken() == nil { ChildPrograms.endWithParent() }
  }
}
