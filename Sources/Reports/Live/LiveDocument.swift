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
      String(decoding: PackageResources.report_css, as: UTF8.self)
      + String(decoding: PackageResources.live_css, as: UTF8.self)
    let script = String(decoding: PackageResources.live_js, as: UTF8.self)
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

  private static func html(_ title: String, style: String, script: String, takesActs: Bool)
    -> String
  {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(title) · Faultline</title>
    <link rel="icon" href="icon.svg">
    <style>\(style)</style>
    </head>
    <body class="live">
    </body>
    </html>
    """
  }
}
