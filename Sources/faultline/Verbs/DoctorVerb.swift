import Basics
import Experiments
import Harness

struct DoctorVerb: Verb {
  static let name = "doctor"
  static let summary = "Say what this machine can and cannot do, with the remedy."
  static let usage = "[--json]"
  static let options: [Option] = [.json]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let missing = try missingPackages()
    let checks = Doctor().checks() + [missing]
    if arguments.has("json") {
      let rows = checks.map { check -> JSON in
        [
          "name": .string(check.name), "good": .bool(check.isGood),
          "required": .bool(check.isRequired), "found": .string(check.found),
          "remedy": check.isGood ? .null : .string(check.remedy),
        ]
      }
      show(JSON.array(rows).text())
    } else {
      for check in checks {
        show("\(check.isGood ? "✓" : check.isRequired ? "✗" : "–") \(check.found)")
        if !check.isGood { show("    \(check.remedy)") }
      }
    }
    return checks.allSatisfy { $0.isGood || !$0.isRequired } ? .valid : .capability
  }

  /// The servers that the components name and this machine does not have.
  private static func missingPackages() throws -> Doctor.Check {
    let listing = try Project.here().loader().listing()
    let missing = listing.components.filter { $0.binary == nil }.map(\.name)
    return Doctor.Check(
      name: "servers", isGood: missing.isEmpty, isRequired: false,
      found: missing.isEmpty
        ? "every component's server is installed"
        : "no server is installed for \(missing.joined(separator: ", "))",
      remedy:
        "install the packages that their component.yaml names; in a source tree make install-all does"
    )
  }
}
