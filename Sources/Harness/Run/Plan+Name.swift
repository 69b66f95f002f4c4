public import Experiments

extension Plan {
  /// What its reports are filed under.
  public var name: String { RunFolder.experiment(of: file) }
}

extension RunFolder {
  /// An experiment's file without folder and ending.
  static func experiment(of file: String) -> String {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }
}
