public import Bindings
internal import Stacks
public import YAML

extension Loader {
  /// What a driver's file says.
  ///
  /// - Parameter name: of a folder of `fixtures/drivers`.
  /// - Throws: what is wrong with the file, or missing on this machine.
  public func driver(_ name: String) throws(Problems) -> DriverDeclaration {
    var problems: [Problem] = []
    let reader = DriverReader(library: library, machine: machine)
    let mark = Mark(file: "\(DriverReader<Files>.folder)/\(name)/driver.yaml", line: 0)
    guard let declaration = reader.read(name, at: mark, &problems) else { throw Problems(problems) }
    return declaration
  }

  /// Every driver of the project by its name, sorted, with its summary or what is wrong or missing.
  public func drivers() -> [(name: String, summary: String, problem: Problem?)] {
    DriverReader(library: library, machine: machine).names.map { name in
      do throws(Problems) { return (name, try driver(name).summary, nil) } catch {
        return (name, "", error.all.first)
      }
    }
  }
}
