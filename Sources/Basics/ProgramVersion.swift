/// Which Faultline this is, as results and `faultline version` say it.
public enum ProgramVersion {
  /// By semantic versioning: `0.1.0`.
  public static let number = "0.1.0"
  /// With the program's name: `faultline 0.1.0`.
  public static var text: String { "faultline \(number)" }
}
