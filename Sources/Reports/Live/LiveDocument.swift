import Basics

/// The page of a run under way, as a browser gets it: one document that loads nothing and is told everything
/// else over its stream of events.
public struct LiveDocument: Sendable {
  /// It itself.
  public let html: String
  /// What a browser may do with it (Content Security Policy Level 3): this one style, this one script, and
  /// speak with where it came from.
  public let policy: String

  /// - Parameter takesActs: whether it has anything that acts on the stack.
  public init(title: String, takesActs: Bool) {
    let style =
      Pictures.style
      + String(decoding: PackageResources.report_css + PackageResources.live_css, as: UTF8.self)
    let own =
      PackageResources.live_charts_js + PackageResources.live_acts_js + PackageResources.live_js
    let script = Pictures.script + String(decoding: own, as: UTF8.self)
    let hashes = [style, script].map { "'sha256-\(SHA256.base64(Array($0.utf8)))'" }
    policy =
      "default-src 'none'; style-src \(hashes[0]); script-src \(hashes[1]); connect-src 'self'; "
      + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    html = Self.html(markup(title), style: style, script: script, takesActs: takesActs)
  }

  /// A pulse, for the browser's tab.
  public let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" \
    fill="#1c1f23"/><path d="M4 17h6l3-8 5 15 3-9h7" fill="none" stroke="#57c98b" stroke-width="2.6" \
    stroke-linejoin="round" stroke-linecap="round"/></svg>
    """

  private static func html(
    _ title: String, style: String, script: String, takesActs: Bool
  ) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(title) · live</title>
    <link rel="icon" href="icon.svg">
    <style>\(style)</style>
    </head>
    <body>
    <header class="bar">
    <div class="what"><h1>\(title)</h1><div class="meta"><span id="stack-name"></span>\
    <span id="seed"></span><span id="started"></span></div></div>
    <div class="now"><span id="line" class="line" role="status">connecting</span>\
    <span id="phase" class="badge"></span><span id="clock" class="clock"></span>\(
      takesActs ? halt : "")</div>
    </header>
    <div id="ending" class="card ending" role="alert" hidden></div>
    <main>
    <div class="wide">
    \(stackCard)
    \(timelineCard)
    \(latencyCard)
    \(logCard)
    </div>
    <div class="side">
    \(takesActs ? injectCard : "")
    \(card("traffic", "Requests now", "<div id=\"traffic\"></div>"))
    \(card("faults", "Faults", "<ol id=\"faults\" class=\"faults\"></ol>"))
    \(card("notes", "Notes", (takesActs ? noteForm : "") + "<ol id=\"notes\" class=\"notes\"></ol>"))
    </div>
    </main>
    <noscript><p>This page follows a run while it goes on, and needs its script for that.</p></noscript>
    <script>\(script)</script>
    </body>
    </html>

    """
  }

  private static func card(_ name: String, _ title: String, _ body: String) -> String {
    """
    <section class="card \(name)-card" aria-labelledby="\(name)-title"><h2 id="\(name)-title">\(title)</h2>
    \(body)</section>
    """
  }

  private static let halt = """
    <button type="button" id="halt" class="danger">Halt: heal everything</button>
    """

  private static let stackCard = card(
    "stack", "The stack now",
    """
    <div id="stack"></div>
    <div class="legend"><span>● runs</span><span>‖ paused</span><span>✕ gone; a way that is cut</span>\
    <span>○ not seen</span><span>≈ a way that is impaired</span><span>numbers are faults</span></div>
    """)

  private static let timelineCard = card(
    "timeline", "Timeline",
    """
    <div class="timeline" id="timeline"><div class="tip" id="tip"></div></div>
    <div class="legend"><span><i class="ok"></i>ok</span><span><i class="bad"></i>not ok; a process that is gone</span>\
    <span><i class="lat"></i>median latency</span><span><i class="max"></i>slowest</span>\
    <span><i class="late"></i>paused</span><span>operations count when they end</span></div>
    """)

  private static let latencyCard = card(
    "latency", "Latency",
    """
    <div id="heat"></div>
    <p class="soft hint" id="heat-hint">the darker, the more operations took so long; only those that were ok</p>
    """)

  private static let logCard = card(
    "log", "What a server says",
    """
    <div class="row"><label for="instance">server</label><select id="instance"><option value="">none picked</option></select>\
    <span class="soft hint">or pick a node above</span></div>
    <pre id="log" class="log" tabindex="0" aria-label="Log" hidden></pre>
    """)

  private static let injectCard = card(
    "inject", "Break something",
    """
    <form id="inject" autocomplete="off">
    <label for="sentence">what, where, for how long</label>
    <input type="text" id="sentence" name="sentence" spellcheck="false" placeholder="kill … on … for 5s" required>
    <div class="row"><label for="most">at most</label>\
    <input type="number" id="most" name="most" min="1" max="999" placeholder="any">\
    <span class="soft">targets</span>\
    <label class="tick"><input type="checkbox" id="confirmed" name="confirmed"> whole sites, too</label></div>
    <div class="row"><button type="submit" id="preview">What would this hit?</button>\
    <button type="button" id="do" class="danger">Inject</button></div>
    </form>
    <div id="answer" class="answer" role="status" hidden></div>
    """)

  private static let noteForm = """
    <form id="note" class="row" autocomplete="off"><label for="words" class="hidden">note</label>\
    <input type="text" id="words" name="words" placeholder="what happens just now" required>\
    <button type="submit">Note</button></form>

    """
}
