import Basics

/// One number of a finding, with the way to it: `faults`, `first-good`, of the fault 1.
struct Figure {
  /// The names on the way, joined by dots; places in lists are not among them.
  let name: String
  /// The fault that it is about, where its list is one of faults.
  let fault: String?
  /// Its place in a list of other things, counted from 1, one after another with dots.
  let item: String?
  let value: Double

  /// `faults.first-good (fault 1): 326`.
  var text: String {
    let about = [fault.map { "fault \($0)" }, item].compactMap(\.self).joined(separator: ", ")
    return name + (about.isEmpty ? "" : " (\(about))") + ": " + Decimal.trimmed(value, decimals: 3)
  }

  /// All numbers of a finding, in order. Lists of numbers are data, not figures, and are not among them.
  static func all(in figures: JSON) -> [Figure] {
    var found: [Figure] = []
    collect(figures, [], nil, [], &found)
    return found
  }

  private static func collect(
    _ value: JSON, _ names: [String], _ fault: String?, _ items: [String], _ found: inout [Figure]
  ) {
    switch value {
    case .integer, .number:
      guard let number = value.number, number.isFinite, !names.isEmpty else { return }
      found.append(
        Figure(
          name: names.joined(separator: "."), fault: fault,
          item: items.isEmpty ? nil : items.joined(separator: "."), value: number))
    case .object(let members):
      for member in members where !(member.name == "fault" && fault != nil) {
        collect(member.value, names + [member.name], fault, items, &found)
      }
    case .array(let elements):
      for (place, element) in elements.enumerated() {
        guard case .object = element else { continue }
        if let number = element["fault"]?.number, fault == nil {
          collect(element, names, Decimal.trimmed(number, decimals: 0), items, &found)
        } else {
          collect(element, names, fault, items + ["\(place + 1)"], &found)
        }
      }
    case .null, .bool, .string: break
    }
  }
}
