import Basics
import TestGround
import Testing

@testable import Stacks

@Suite struct FormulaTests {
  @Test(arguments: [
    ("500ms", Duration.milliseconds(500)), ("2 * 500ms + 50ms", .milliseconds(1050)),
    ("3*100ms+(256-150)/256*100ms", .nanoseconds(341_406_250)),
    ("1s - 250ms - 250ms", .milliseconds(500)), ("12s / 3 / 2", .seconds(2)),
    ("(1s + 1s) * 1.5", .seconds(3)), ("1s / 250ms * 1ms", .milliseconds(4)),
    ("max(0s, 100ms - 2 * 80ms)", .zero), ("min(3, 2, 7) * 1s", .seconds(2)),
    ("max(150,100)*1ms", .milliseconds(150)), ("((((0.5s))))", .milliseconds(500)),
    ("1s - 0.5s * 2", .zero), ("2m + 1h", .seconds(3720)), (" 7us ", .microseconds(7)),
  ])
  func aFormulaComesToADuration(text: String, value: Duration) throws {
    #expect(try Formula.duration(text) == value)
  }

  @Test(arguments: [
    ("", "something is missing at its end"), ("1s +", "something is missing at its end"),
    ("1s * 2s", "two durations cannot be multiplied"), ("1s / 0", "it divides by zero"),
    ("1s / (1s - 1s)", "it divides by zero"),
    ("2 / 1s", "a number cannot be divided by a duration"),
    ("1s + 2", "a number cannot be added to a duration; write 0s for no time"),
    ("max(0, 1s)", "a number and a duration cannot be compared"),
    ("5 * 2", "it comes to a number, not to a duration; write 100ms or 2s"),
    ("1s - 2s", "it is less than nothing"), ("-1s", "'-1s' was not expected there"),
    ("3 fortnights * 1s", "'fortnights * 1s' was not expected there"),
    ("3fortnights", "'3fortnights' is no duration: the units are ns, us, ms, s, m and h"),
    ("avg(1s)", "there is no 'avg'; only min and max are known"),
    ("max 1s", "'(' is missing after 'max'"), ("(1s", "')' is missing at its end"),
    ("(1s 2s)", "'2s)' was not expected there"), ("1s)", "')' was not expected there"),
    ("1.2.3s", "'1.2.3' is no number"), ("9999h * 99999999", "it is too long for a duration"),
    ("1s; rm", "'; rm' was not expected there"), ("max()", "')' was not expected there"),
  ])
  func aWrongFormulaIsRefusedWithTheReason(text: String, reason: String) {
    #expect(throws: Formula.Failure(message: reason)) { try Formula.duration(text) }
  }

  @Test func depthAndLengthAreBounded() {
    let deep = String(repeating: "(", count: 33) + "1s" + String(repeating: ")", count: 33)
    #expect(throws: Formula.Failure(message: "it has at most 32 parentheses in each other")) {
      try Formula.duration(deep)
    }
    let long = String(repeating: "1s+", count: 400) + "1s"
    #expect(throws: Formula.Failure(message: "it has at most 1000 bytes")) {
      try Formula.duration(long)
    }
    #expect(throws: Formula.Failure.self) {
      try Formula.duration(String(repeating: "(", count: 900))
    }
  }

  /// Random trees, computed as they are made, and written with and without needless parentheses.
  @Test func itComputesWhatTheTreeDoes() throws {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<5000 {
      let tree = Tree(depth: 4, isTime: true, &chance)
      guard tree.value.isFinite, abs(tree.value) < 0x1p60 else { continue }
      let value = try Formula.value(tree.text)
      guard case .time(let found) = value else {
        Issue.record("\(tree.text) is no duration")
        continue
      }
      let error = abs(found - tree.value)
      #expect(error <= abs(tree.value) * 1e-9 + 1e-3, "\(tree.text): \(found), \(tree.value)")
    }
  }

  /// Nothing that stands in a file makes it crash, and what is refused has a reason.
  @Test func noTextMakesItCrash() {
    var chance = Chance(seed: Seeds.fresh())
    let pieces = [
      "1s", "2", "(", ")", "+", "-", "*", "/", "max(", "min(", ",", " ", "ms", ".", "é",
    ]
    for _ in 0..<20_000 {
      let count = Int(chance.next() % 12)
      let text = (0..<count).map { _ in pieces[Int(chance.next() % UInt64(pieces.count))] }.joined()
      do { _ = try Formula.duration(text) } catch { #expect(!error.message.isEmpty) }
    }
  }
}

/// A formula with its value, by another way than reading it.
private struct Tree {
  let text: String
  let value: Double
  /// How tightly its outermost sign binds: 1 for a sum, 2 for a product, 3 for all else.
  let binding: Int

  init(depth: Int, isTime: Bool, _ chance: inout Chance) {
    let pick = chance.next() % 10
    if depth == 0 || pick < 2 {
      let number = Int(chance.next() % 50) + 1
      (text, value, binding) =
        isTime ? ("\(number)ms", Double(number) * 1e6, 3) : ("\(number)", Double(number), 3)
    } else if pick < 5 {
      let isSum = pick < 4
      let left = Tree(depth: depth - 1, isTime: isTime, &chance)
      let right = Tree(depth: depth - 1, isTime: isTime, &chance)
      text = left.text + (isSum ? " + " : "-") + right.inside(unless: 2)
      value = isSum ? left.value + right.value : left.value - right.value
      binding = 1
    } else if pick < 7 {
      let left = Tree(depth: depth - 1, isTime: isTime, &chance)
      let right = Tree(depth: depth - 1, isTime: false, &chance)
      text = left.inside(unless: 2) + " * " + right.inside(unless: 3)
      value = left.value * right.value
      binding = 2
    } else if pick < 8 {
      let left = Tree(depth: depth - 1, isTime: isTime, &chance)
      let number = Int(chance.next() % 9) + 1
      text = left.inside(unless: 2) + "/\(number)"
      value = left.value / Double(number)
      binding = 2
    } else {
      let left = Tree(depth: depth - 1, isTime: isTime, &chance)
      let right = Tree(depth: depth - 1, isTime: isTime, &chance)
      text = (pick < 9 ? "min(" : "max(") + left.text + ", " + right.text + ")"
      value = pick < 9 ? min(left.value, right.value) : max(left.value, right.value)
      binding = 3
    }
  }

  /// In parentheses where it binds less tightly.
  func inside(unless binding: Int) -> String { self.binding >= binding ? text : "(\(text))" }
}
