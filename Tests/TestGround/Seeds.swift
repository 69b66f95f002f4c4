import Foundation

/// Where the chance of a property test comes from.
public enum Seeds {
  /// The variable that gives a seed back, as a failed test printed it.
  public static let variable = "FAULTLINE_TEST_SEED"

  /// A seed that nobody has seen, or the one that was given back. It is printed, for a test that
  /// fails must be repeatable.
  ///
  /// - Parameter label: what tells two seeds of one test apart.
  public static func fresh(_ label: String = "") -> UInt64 {
    let seed = given(ProcessInfo.processInfo.environment) ?? .random(in: 0...(.max))
    print("seed \(seed) \(label)(again by \(variable)=\(seed))")
    return seed
  }

  /// The variable that lets the property tests of readers run longer: how many times as many inputs.
  public static let roundsVariable = "FAULTLINE_FUZZ_ROUNDS"

  /// The same for comparisons with exact judges.
  public static let proofVariable = "FAULTLINE_PROOF_ROUNDS"

  /// How many inputs a test tries: the usual number, or so many times as many as the environment says.
  public static func rounds(_ usual: Int, by variable: String = roundsVariable) -> Int {
    guard let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty else {
      return usual
    }
    guard let times = Int(text), (1...1_000).contains(times) else {
      preconditionFailure("\(variable) is '\(text)', which is no whole number from 1 to 1000")
    }
    return usual * times
  }

  /// The seed that an environment gives back; nil where it gives none. One that is no number is an
  /// error of the user's that must not pass for a seed.
  static func given(_ environment: [String: String]) -> UInt64? {
    guard let text = environment[variable], !text.isEmpty else { return nil }
    guard let seed = UInt64(text) else {
      preconditionFailure("\(variable) is '\(text)', which is no whole number from 0 to 2^64 - 1")
    }
    return seed
  }
}
