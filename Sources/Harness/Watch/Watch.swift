import Basics
import Checking
import Experiments
import Fabric
import Histories
import Links
import Linux
import Nodes
import Stacks
import Verdicts

/// Everything that looks on while a run goes.
final class Watch {
  private let lab: Lab
  private let owners: AddressWatch
  private let claims: ClaimWatch
  private let counters: CounterWatch
  private let roles: RoleWatch
  private let stalls: StallWatch
  private let capture: Capture?
  private let prober: ReachProber
  private let words: [Overheard.Word]

  init(_ lab: Lab, _ plan: Plan, _ folder: RunFolder) throws {
    self.lab = lab
    owners = try OwnerWatch.start(lab)
    claims = try ClaimWatch(lab)
    counters = try CounterWatch(lab)
    for rule in lab.stack.leadingRoles {
      lab.recorder.record(.leadership(component: rule.component, words: rule.words))
    }
    for prediction in lab.stack.predictions { lab.recorder.record(.prediction(prediction)) }
    roles = try RoleWatch(lab)
    stalls = try StallWatch(lab, plan)
    capture = try plan.captureFilter.map { filter in
      try Capture(path: folder.capture, filter: filter, ring: plan.captureRing, clock: lab.clock)
    }
    if let capture { lab.fabric.add(capture) }
    prober = try ReachProber(lab, Judge.triesToReach(plan))
    words = Judge.listensFor(plan)
    lab.fabric.listen(on: Judge.listensOn(plan).sorted().map { SegmentID($0) })
    lab.fabric.listen(for: words.map { HeardWord(Array($0.text.utf8), port: $0.port) })
  }

  /// Ends all watching; sentences about what a reader should know of it.
  func end() -> [String] {
    owners.stop()
    claims.end()
    counters.end()
    roles.end()
    stalls.end()
    prober.end()
    for line in lab.fabric.heardLines { line.record(lab.recorder) }
    for (word, heard) in zip(words, lab.fabric.heardWords) {
      let first = heard.first.map { "\($0.source) to \($0.target)" } ?? ""
      lab.recorder.record(
        .overheard(
          Overheard(word, times: heard.times, packets: heard.packets, first: first)))
    }
    for shortfall in captureShortfalls() + fabricShortfalls() {
      lab.recorder.record(.shortfall(shortfall))
    }
    return captureNotes() + fabricNotes() + timingNotes() + stallNotes()
  }

  private func captureShortfalls() -> [String] {
    guard let capture else { return [] }
    lab.fabric.remove(capture)
    let summary = capture.close()
    var sentences: [String] = []
    if let failure = summary.failure { sentences.append("the capture is incomplete: \(failure)") }
    if summary.lostFrames > 0 {
      sentences.append(
        "the capture lacks \(summary.lostFrames) of"
          + " \(summary.writtenFrames + summary.lostFrames) packets: the disk was too slow for it")
    }
    return sentences
  }

  private func captureNotes() -> [String] {
    guard let summary = capture?.summary, summary.removedFiles > 0 else { return [] }
    return [
      "the capture begins later than the run: its oldest \(Wording.count(summary.removedFiles, "file")) gave way to"
        + " what came after; 'capture: {file-size: …, files: …}' says how much is kept"
    ]
  }

  /// What the fabric itself could not do; it is the harness' fault, not the network's.
  private func fabricShortfalls() -> [String] {
    let vanished = lab.fabric.vanishedPorts.map { "the fabric lost the port of \($0.node)" }
    let pairs = (try? lab.fabric.counters().pairs) ?? []
    let full = pairs.filter { $0.counters.dropped.overflow > 0 }
    return vanished
      + full.map {
        "the fabric itself dropped \($0.counters.dropped.overflow) frames from \($0.source) to"
          + " \($0.target): more was under way than the \(ByteCount.text(Switch.usualMemoryBytes)) it holds"
      }
  }

  private func fabricNotes() -> [String] {
    claims.lost > 0 ? ["\(claims.lost) claims to addresses were seen but not kept"] : []
  }

  /// How long the harness itself did not get to run.
  private func stallNotes() -> [String] {
    let stalls = lab.state.snapshot.stalls
    guard let longest = stalls.longest else { return [] }
    let wait = longest.processorWait.map { ", \($0.text) of it something waited for a processor" }
    return [
      "the harness itself was held up \(Wording.count(stalls.count, "time")), for up to "
        + "\(longest.length.text) (\(longest.place)\(wait ?? "")): bounds that this could have decided"
        + " are not called violated"
    ]
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

extension Plan {
  /// What the fabric is to keep; nil for nothing.
  fileprivate var captureFilter: CaptureFilter? {
    switch capture.segment {
    case .none: nil
    case .all:
      CaptureFilter(
        segments: Set(stack.networks.map { SegmentID($0.name) }), keepsPayload: capture.isFull)
    case .clients: CaptureFilter(segments: clientSegments, keepsPayload: capture.isFull)
    case .network(let name):
      CaptureFilter(segments: [SegmentID(name)], keepsPayload: capture.isFull)
    }
  }

  /// How the capture's files are bounded.
  fileprivate var captureRing: CaptureRing {
    CaptureRing(fileBytes: capture.fileBytes, files: capture.files)
  }

  /// The networks that the clients are on.
  private var clientSegments: Set<SegmentID> {
    let clients = Set(workloads.flatMap(\.nodes))
    let interfaces = stack.nodes.filter { clients.contains($0.id) }.flatMap(\.interfaces)
    return Set(interfaces.map { SegmentID($0.network) })
  }
}

extension HeardLine {
  /// Writes down what was heard.
  fileprivate func record(_ recorder: Recorder) {
    for spell in spells {
      let ends = spell.ends.map { "\($0.source) to \($0.target), " } ?? ""
      recorder.record(
        .inClear(
          HeardInClear(
            network: segment.text, node: spell.node, what: ends + spell.what, first: spell.first,
            last: spell.last, packets: spell.packets)))
    }
    recorder.record(
      .line(
        LineHearing(
          network: segment.text, keys: keys, sealed: sealed, senders: senders.count,
          pieces: pieces, clear: clear)))
  }
}
