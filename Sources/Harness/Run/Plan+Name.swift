import Experiments

extension Plan {
  /// The experiment's file without folder and ending: what its reports are filed under.
  var name: String {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }
}
