import Basics
public import Linux
public import Reports

extension RunFolder {
  /// Writes what a run has to say in every form: `result.json`, `junit.xml`, `metrics.prom`, `report.html`.
  public func write(_ record: RunRecord) throws(Errno) {
    try Files.write(record.json.text(indented: true) + "\n", to: result)
    try Files.write(record.junit, to: junit)
    try Files.write(record.metrics, to: metrics)
    try Files.write(record.html, to: report)
    try protect()
  }

  /// Writes the same in the place of what an earlier program wrote; each file keeps its permissions, and no link is
  /// followed, for the folder may be anybody's.
  public func replace(_ record: RunRecord) throws(Errno) {
    let ground = try Beneath(path)
    let texts = [
      ("result.json", record.json.text(indented: true) + "\n"), ("junit.xml", record.junit),
      ("metrics.prom", record.metrics), ("report.html", record.html),
    ]
    for (name, text) in texts { try ground.replace(name, Array(text.utf8), mode: 0o600) }
  }

  /// Gives every file of the folder the permissions that were asked for. Until then the folder, which
  /// was made with its own, keeps others away from what is written into it.
  func protect() throws(Errno) {
    for part in [path, path + "/logs"] where Files.isFolder(part) {
      for name in try Files.list(part) where name != "logs" {
        try Files.setOwnMode(part + "/" + name, isShared ? 0o644 : 0o600)
      }
    }
  }
}
