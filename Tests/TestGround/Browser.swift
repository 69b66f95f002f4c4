import Foundation

/// A headless Chromium that opens one page and says what became of it.
public enum Browser {
  public struct Page {
    /// The document after its scripts ran.
    public let document: String
    public let consoleErrors: [String]
  }

  public static let path = [
    "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  ]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

  public static func open(_ html: String) throws -> Page {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = URL(filePath: folder.file("report.html"))
    try html.write(to: file, atomically: true, encoding: .utf8)
    let console = URL(filePath: folder.file("console"))
    try Data().write(to: console)
    let browser = Process()
    browser.executableURL = URL(filePath: path!)
    browser.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--user-data-dir=\(folder.path)/profile", "--enable-logging=stderr", "--v=0",
      "--window-size=1200,900", "--virtual-time-budget=2000", "--dump-dom", file.absoluteString,
    ]
    let output = Pipe()
    browser.standardOutput = output
    browser.standardError = try FileHandle(forWritingTo: console)
    try browser.run()
    let document = output.fileHandleForReading.readDataToEndOfFile()
    browser.waitUntilExit()
    let lines = try String(contentsOf: console, encoding: .utf8).split(separator: "\n")
    return Page(
      document: String(decoding: document, as: UTF8.self),
      consoleErrors: lines.filter { $0.contains("CONSOLE") }.map(String.init))
  }
}
