public import Basics

/// How often a secret, or another word that nobody may say, stands in what a server said.
public struct Logged: Hashable, Sendable {
  /// Whose output it is.
  public var instance: InstanceID
  /// The name of the parameter that holds the secret, never the secret itself; or the word.
  public var secret: String
  /// How often it stands there.
  public var times: Int
  /// The line in which it stands first, counted from 1; 0 where it does not.
  public var line: Int
  /// Whether all that the server said was there to be read: a log that grew without end lost a part.
  public var isWhole: Bool

  /// A secret that stands so often in an instance's log.
  public init(_ instance: InstanceID, secret: String, times: Int, line: Int, isWhole: Bool) {
    self.instance = instance
    self.secret = secret
    self.times = times
    self.line = line
    self.isWhole = isWhole
  }
}
