import Basics
import Experiments
import Fabric
import Linux
import Nodes

/// Everything that looks on while a run goes.
final class Watch {
  private let lab: Lab
  private let owners: AddressWatch
  private let arp: ARPWatch
  private let counters: CounterWatch
  private let capture: Fabric.Capture?

  init(_ lab: Lab, _ wanted: Experiments.Capture, _ folder: RunFolder) throws {
    self.lab = lab
    owners = try OwnerWatch.start(lab)
    arp = try ARPWatch(lab)
    counters = try CounterWatch(lab)
    capture = try wanted.filter(lab).map { filter in
      try Fabric.Capture(path: folder.capture, filter: filter, clock: lab.clock)
    }
    if let capture { lab.fabric.add(capture) }
  }

  /// Ends all watching; sentences about what a reader should know of it.
  func end() -> [String] {
    owners.stop()
    arp.end()
    counters.end()
    return captureNotes() + timingNotes()
  }

  private func captureNotes() -> [String] {
    guard let capture else { return [] }
    lab.fabric.remove(capture)
    let summary = capture.close()
    var notes: [String] = []
    if let failure = summary.failure { notes.append("capture.pcap is incomplete: \(failure)") }
    if summary.lostFrames > 0 {
      notes.append("capture.pcap lacks \(summary.lostFrames) of the frames")
    }
    return notes
  }

  /// The fabric's own error is the resolution of the result.
  private func timingNotes() -> [String] {
    let timing = lab.fabric.timing
    var notes: [String] = []
    if let note = timing.note { notes.append("fabric: \(note)") }
    if let median = timing.lateness.percentile(Ratio(0.5)),
      let tail = timing.lateness.percentile(Ratio(0.99))
    {
      notes.append(
        "held frames left the fabric late by \(median.text) at the median and \(tail.text) at the"
          + " 99th percentile: nothing is known more exactly than that")
    }
    return notes
  }
}

extension Experiments.Capture {
  /// What the fabric is to keep; nil for nothing.
  fileprivate func filter(_ lab: Lab) -> CaptureFilter? {
    switch segment {
    case .none: nil
    case .clients: CaptureFilter(keepsPayload: isFull)
    case .network(let name): CaptureFilter(segments: [SegmentID(name)], keepsPayload: isFull)
    }
  }
}
