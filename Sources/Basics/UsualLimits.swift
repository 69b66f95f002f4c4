/// How much of the machine a node may take unless its stack says otherwise: more than any server needs,
/// less than a machine has.
public enum UsualLimits {
  /// How many processes it may have at once.
  public static let processes = 4096
  /// How many bytes it may have written and not removed: 4 GiB.
  public static let disk = 4 << 30
}
