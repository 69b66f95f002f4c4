internal import Stacks
public import Experiments

extension Plan {
  /// What its reports are filed under.
  public var name: String { RunFolder.experiment(of: file) }
}

extension RunFolder {
  /// Where the newest run of a plan is, if there is one.
  public static func newest(of plan: Plan, in reports: String) -> String {
    "\(reports)/\(part(plan.stack.name))/\(part(plan.name))/latest"
  }

  /// An experiment's file without folder and ending.
  static func experiment(of file: String) -> String {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }
}
