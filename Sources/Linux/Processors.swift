internal import Glibc

/// The machine's processors.
public enum Processors {
  /// How many run threads now; at least one.
  public static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
