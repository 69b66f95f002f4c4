import Basics
public import Linux
public import Reports

extension RunFolder {
  /// Writes what a run has to say in every form: `result.json`, `junit.xml`, `report.html`.
  public func write(_ record: RunRecord) throws(Errno) {
    try Files.write(record.json.text(indented: true) + "\n", to: result)
    try Files.write(record.junit, to: junit)
    try Files.write(record.html, to: report)
  }
}
