import Histories

/// What pictures of a run are made with, the same in the report and on a live page.
public enum Pictures {
  /// The style sheet: the colours of every page, and what pictures look like.
  public static let style = String(decoding: PackageResources.picture_css, as: UTF8.self)
  /// The script: it defines one global, `Pictures`, with `timeline` and `topology`.
  public static let script = String(
    decoding: PackageResources.picture_js + PackageResources.topology_js, as: UTF8.self)
}

extension RunRecord {
  /// Nothing at all where the stack is not known.
  var stackSection: String {
    guard !picture.isEmpty else { return "" }
    let fault = history.faults.first { !$0.isAction }
    let first =
      fault.map { "it begins in the middle of fault \($0.id)" } ?? "it begins at the end of the run"
    return """
      <h2>The stack at a moment</h2>
      <div class="card"><div id="stack"></div>
      <div class="slider"><label for="moment">at</label>\
      <input type="range" id="moment" aria-label="The moment that is shown"><output id="moment-text" for="moment"></output></div></div>
      <div class="legend"><span>● runs</span><span>‖ paused</span><span>✕ gone; a way that is cut</span>\
      <span>○ not seen</span><span>≈ a way that is impaired</span>\
      <span>numbers are faults; \(first), and follows the slider and the timeline</span></div>
      """
  }

  var timelineSection: String {
    """
    <h2>Timeline</h2>
    <div class="card timeline" id="timeline"><div class="tip" id="tip"></div></div>
    <div class="legend"><span><i class="ok"></i>ok</span>\
    <span><i class="bad"></i>failed or unknown; a process that is gone</span>\
    <span><i class="lat"></i>median latency, from the intended start</span>\
    <span><i class="max"></i>slowest</span>\
    <span><i class="late"></i>paused</span></div>
    <noscript><p>The stack and the timeline are drawn by a script; everything else on this page needs none.</p></noscript>
    """
  }
}
