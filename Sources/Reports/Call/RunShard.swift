/// One of several parts of the runs of a call, so that as many machines share them: `2/4`.
///
/// A run's part follows from its file's place on the command line and its number among the repeats of that file alone, so
/// it is the same on every machine, whatever becomes of other files there.
public struct RunShard: Hashable, Sendable {
  /// Counted from 1.
  public let index: Int
  /// How many parts there are.
  public let count: Int

  /// The most parts.
  public static let most = 1000

  /// Nil for what is not `I/N` with 1 ≤ I ≤ N ≤ `most`.
  public init?(text: String) {
    let words = text.split(separator: "/", omittingEmptySubsequences: false)
    guard words.count == 2, let index = Int(words[0]), let count = Int(words[1]),
      (1...Self.most).contains(count), (1...count).contains(index),
      words.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } })
    else { return nil }
    self.index = index
    self.count = count
  }

  /// Whether it has a run.
  ///
  /// - Parameters:
  ///   - place: of the file on the command line, from 0.
  ///   - number: of the run among those of the file, from 1.
  public func has(place: Int, number: Int) -> Bool { (place + number - 1) % count == index - 1 }

  /// Which of the runs of a file it has, by their numbers.
  ///
  /// - Parameter areOne: what they come to together is judged by bounds, which a part of them could not show: they go
  ///   where the first goes.
  public func numbers(of count: Int, at place: Int, areOne: Bool) -> [Int] {
    if areOne { return has(place: place, number: 1) ? Array(1...count) : [] }
    return (1...count).filter { has(place: place, number: $0) }
  }

  /// `2/4`.
  public var text: String { "\(index)/\(count)" }
}
