import Foundation

/// A tab of a browser, as a person meets it: keys, a size, light or dark.
public final class BrowserTab {
  private let browser: BrowserPipe
  private let target: String
  private let session: String

  /// Opens a page; the caller waits for what it wants to see.
  public init(_ browser: BrowserPipe, _ url: String, width: Int = 1280, height: Int = 900) throws {
    self.browser = browser
    let made = try browser.send("Target.createTarget", ["url": "about:blank"])
    target = made["targetId"] as? String ?? ""
    let attached = try browser.send(
      "Target.attachToTarget", ["targetId": target, "flatten": true])
    session = attached["sessionId"] as? String ?? ""
    for part in ["Page", "Runtime", "Log", "Network"] { try send("\(part).enable") }
    try resize(width, height)
    try send("Page.navigate", ["url": url])
  }

  /// Closes it.
  public func close() { _ = try? browser.send("Target.closeTarget", ["targetId": target]) }

  @discardableResult
  private func send(_ method: String, _ members: BrowserPipe.Members = [:]) throws
    -> BrowserPipe.Members
  {
    try browser.send(method, members, session: session)
  }

  /// In pixels of CSS.
  public func resize(_ width: Int, _ height: Int) throws {
    try send(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
  }

  /// What the system prefers: `light` or `dark`.
  public func prefer(_ scheme: String) throws {
    try send(
      "Emulation.setEmulatedMedia",
      ["features": [["name": "prefers-color-scheme", "value": scheme]]])
  }

  /// Loads it again.
  public func reload() throws { try send("Page.reload") }

  /// What an expression of JavaScript comes to; a promise is waited for.
  public func value(_ expression: String) throws -> Any? {
    let answer = try send(
      "Runtime.evaluate",
      ["expression": expression, "returnByValue": true, "awaitPromise": true])
    return (answer["result"] as? BrowserPipe.Members)?["value"]
  }

  /// The text of an expression.
  public func text(_ expression: String) throws -> String { try value(expression) as? String ?? "" }

  /// Waits until an expression is true; false when the time is up.
  public func waits(for expression: String, within seconds: Double = 15) throws -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      if try value(expression) as? Bool == true { return true }
      usleep(30_000)
    } while ContinuousClock.now < end
    return try value(expression) as? Bool == true
  }

  /// Presses and lets go of a key that types nothing: `Tab`, `Enter`.
  public func press(_ key: String, shift: Bool = false) throws {
    let codes = ["Tab": 9, "Enter": 13, "Space": 32, "Escape": 27]
    var members: BrowserPipe.Members = [
      "key": key == "Space" ? " " : key, "code": key, "modifiers": shift ? 8 : 0,
      "windowsVirtualKeyCode": codes[key] ?? 0,
    ]
    members["type"] = "keyDown"
    if key == "Enter" { members["text"] = "\r" }
    if key == "Space" { members["text"] = " " }
    try send("Input.dispatchKeyEvent", members)
    members["type"] = "keyUp"
    members["text"] = nil
    try send("Input.dispatchKeyEvent", members)
  }

  /// Types a text into what has the focus, key by key.
  public func type(_ text: String) throws {
    for letter in text {
      try send("Input.dispatchKeyEvent", ["type": "char", "text": String(letter)])
    }
  }

  /// What it complained of: errors of the console and of scripts, and what its policy forbade.
  public var complaints: [String] {
    let logged = browser.events("Log.entryAdded", of: session).compactMap { event -> String? in
      let entry = event["entry"] as? BrowserPipe.Members ?? [:]
      return entry["level"] as? String == "error"
        ? "\(entry["text"] ?? "") \(entry["url"] ?? "")" : nil
    }
    let thrown = browser.events("Runtime.exceptionThrown", of: session).map { "\($0)" }
    let said = browser.events("Runtime.consoleAPICalled", of: session)
      .filter { $0["type"] as? String == "error" }.map { "\($0)" }
    return logged + thrown + said
  }

  /// The URLs that it asked for.
  public var requests: [String] {
    browser.events("Network.requestWillBeSent", of: session).compactMap {
      ($0["request"] as? BrowserPipe.Members)?["url"] as? String
    }
  }

  /// A picture of what is in view (PNG).
  public func picture() throws -> [UInt8] {
    let answer = try send("Page.captureScreenshot", ["format": "png"])
    return Array(Data(base64Encoded: answer["data"] as? String ?? "") ?? Data())
  }
}
