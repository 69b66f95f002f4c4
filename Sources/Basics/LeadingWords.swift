/// How the servers that have a leading role commonly call it: what counts as the leader where a
/// component does not say.
public enum LeadingWords {
  /// In lower case, as role queries are to print them.
  public static let usual = ["leader", "primary", "master", "active"]
}
