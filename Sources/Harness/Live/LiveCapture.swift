import Basics
import Fabric
import Links
import Linux
import Stacks

/// A recording of a stack's networks for as long as somebody wants it, into a file of theirs; beside the run's own.
struct LiveCapture {
  let lab: Lab
  let recording: LiveRequest.Recording

  /// Records until it is enough; what it came to.
  func answer(into file: Int32, until isEnough: () throws -> Bool) throws -> JSON {
    // The request's own is closed with it.
    let capture = try Capture(
      into: try Descriptor.duplicate(of: file), filter: try filter, clock: lab.clock)
    lab.fabric.add(capture)
    var failure: (any Error)?
    do {
      while try !isEnough(), capture.summary.failure == nil {
        lab.clock.sleep(until: lab.clock.now.advanced(by: Self.glance))
      }
    } catch { failure = error }
    lab.fabric.remove(capture)
    let summary = capture.close(isUnread: true)
    if let failure { throw failure }
    return [
      "written": .integer(Int64(clamping: summary.writtenFrames)),
      "lost": .integer(Int64(clamping: summary.lostFrames)),
    ]
  }

  private static let glance = Duration.milliseconds(50)

  private var filter: CaptureFilter {
    get throws {
      let networks = lab.stack.networks.map(\.name)
      let nodes = lab.stack.nodes.map(\.id.text)
      for name in recording.networks { try require(name, "network", among: networks) }
      for name in recording.nodes { try require(name, "node", among: nodes) }
      return CaptureFilter(
        segments: recording.networks.isEmpty ? nil : Set(recording.networks.map { SegmentID($0) }),
        nodes: recording.nodes.isEmpty ? nil : Set(recording.nodes.map { NodeID($0) }),
        keepsPayload: !recording.isHeadersOnly)
    }
  }

  private func require(_ name: String, _ kind: String, among known: [String]) throws {
    guard !known.contains(name) else { return }
    let near = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" }
    throw HarnessError.other(
      "there is no \(kind) '\(name)'" + (near ?? Suggestion.choices(known, near: name)))
  }
}
