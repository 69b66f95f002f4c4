internal import Glibc
internal import Linux

/// Where prepared data is kept between runs, whatever reports folder these write to.
///
/// The folder is `faultline` in `$XDG_CACHE_HOME`, or in `~/.cache` (XDG Base Directory Specification: a path that is
/// not absolute counts as none). It only counts when it is this user's and closed to all others.
public struct CachePlace: Sendable {
  /// Holds the folder of entries.
  let base: String
  /// The folder of entries.
  let name: String
  /// Why it is not the usual place, in a sentence; nil when it is.
  public let obstacle: String?

  /// - Parameters:
  ///   - reports: a reports folder, which serves in need: where a user has no home, or may not write there.
  ///   - variable: what the environment says.
  public init(orIn reports: String, variable: (String) -> String? = Self.environment) {
    let given = variable("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = variable("HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    guard let above = given ?? home.map({ $0 + "/.cache" }) else {
      self.init(reports: reports, obstacle: "neither XDG_CACHE_HOME nor HOME names a folder")
      return
    }
    let own = above + "/faultline"
    // The folder above may be missing; whether it can be made shows in a moment.
    _ = try? Files.makeFolder(above, mode: 0o700)
    if let refusal = Files.refusalOfPrivateFolder(own) {
      self.init(reports: reports, obstacle: "\(own) \(refusal)")
    } else if !Files.isWritable(own) {
      self.init(reports: reports, obstacle: "\(own) cannot be written to")
    } else {
      self.init(base: own, name: "prepared", obstacle: nil)
    }
  }

  private init(reports: String, obstacle: String) {
    self.init(base: reports, name: ".prepared", obstacle: obstacle)
  }

  private init(base: String, name: String, obstacle: String?) {
    self.base = base
    self.name = name
    self.obstacle = obstacle
  }

  /// Where the entries are.
  public var path: String { base + "/" + name }

  /// A variable of this process's environment.
  public static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
