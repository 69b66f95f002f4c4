import Basics
import Checking
import Experiments
import Histories
import Linux
import Pages
import Reports
import Stacks
import Synchronization

/// The page that shows a run while it goes on. It works from the run's own facts and its clients' counts; nothing
/// waits for it, and where it fails the run goes on.
final class LivePage: Sendable {
  /// Where a browser finds it; whoever has it is let in.
  let url: String
  private let feed = EventFeed()
  private let server = Handover<PageServer>()
  private let ticker = Handover<Linux.Thread>()
  private let stop = StopFlag()
  private let pending = Mutex<[Observation]>([])
  private let model: Mutex<Model>
  private let clock: RunClock
  private let secrets: Secrets
  /// What is the same from beginning to end.
  private let fixed: [JSON.Member]
  private let traffic: TrafficSampler
  /// What cannot be shown any more, and why.
  private let note: @Sendable (String) -> Void

  private struct Model: Sendable {
    var view: LiveView
    var toldAt = Instant.start
    /// Everything as text, until something changes.
    var whole: String?
  }

  /// Begins to serve it.
  ///
  /// - Throws: where it cannot; the run is none the worse.
  init(_ order: PageOrder, desk: LiveDesk) throws(Errno) {
    let run = desk.run
    let token = PageToken()
    url = "http://\(order.door.place.host)/\(token.text)/"
    clock = run.clock
    secrets = run.plan.stack.secrets
    note = run.state.note
    traffic = TrafficSampler(desk.ground)
    let picture = StackPicture(run.plan.stack)
    model = Mutex(Model(view: LiveView(of: picture, isByHand: run.session != nil)))
    let takesActs = order.takesActs && run.session != nil
    fixed = Self.fixed(run, picture, takesActs: takesActs)
    let document = LiveDocument(title: secrets.mask(run.plan.title), takesActs: takesActs)
    let gate = PageGate(at: order.door.place, token: token, takesActs: takesActs)
    server.value = try PageServer(on: order.door.socket, gate: gate) { [weak self] way, request in
      self?.answer(way, request, document, desk) ?? .sentence(503, "the run has ended")
    }
    ticker.value = try Linux.Thread(named: "page") { [weak self, stop, clock] in
      var next = clock.now
      while clock.sleep(until: next, unless: stop) {
        guard let self else { return }
        self.tick()
        next = clock.now.advanced(by: Self.pace)
      }
    }
  }

  /// How long a fact waits to be shown, at most; every second time the clients are asked as well.
  private static let pace = Duration.milliseconds(250)
  /// How long nothing is said, at most.
  private static let silence = Duration.seconds(2)
  /// More facts than this in one wait, and the page cannot follow any more.
  private static let mostPending = 100_000

  /// Takes the next fact into account, later.
  func take(_ seen: Observation) {
    pending.withLock { pending in
      if pending.count <= Self.mostPending { pending.append(seen) }
    }
  }
}

/// Showing.
extension LivePage {
  private func tick() {
    let seen = pending.withLock { pending in
      let all = pending
      pending.removeAll(keepingCapacity: all.count < 1_000)
      return all
    }
    guard seen.count <= Self.mostPending else {
      note("the live page could not follow what happened, and was given up")
      stop.raise()
      return feed.end()
    }
    let now = clock.now
    let samples = traffic.samples(at: now)
    model.withLock { model in
      for one in seen { model.view.take(one) }
      if let samples { model.view.take(samples, at: now) }
      // Who hears nothing for long takes the connection for broken.
      guard model.view.hasNews || model.toldAt.duration(to: now) >= Self.silence else { return }
      model.view.pass(to: now)
      model.toldAt = now
      model.whole = nil
      feed.publish(ServerSentEvent("tick", text(model.view.news())))
    }
  }

  /// Somebody looks on from now on.
  private func join() -> PageReply {
    model.withLock { model in
      let whole =
        model.whole
        ?? {
          let view = model.view.whole
          guard case .object(let members) = view else { return "{}" }
          return text(.object(fixed + members))
        }()
      model.whole = whole
      guard let viewer = feed.join(ServerSentEvent("state", whole)) else {
        return .sentence(503, "as many look on as may; try again later")
      }
      return .events(viewer)
    }
  }

  private func text(_ json: JSON) -> String { json.masked(by: secrets).text() }

  /// Says what came of the run, and waits a moment until everybody who looks on was told.
  func end(_ record: RunRecord, _ folder: RunFolder) {
    stop.raise()
    ticker.value?.join()
    tick()
    let ending: JSON = [
      "headword": .string(record.headword), "verdict": .string(record.verdict.rawValue),
      "trouble": .optional(record.trouble) { .string($0) }, "report": .string(folder.report),
    ]
    feed.publish(ServerSentEvent("end", text(ending)))
    feed.end()
    let deadline = clock.now.advanced(by: Self.farewell)
    while feed.viewers > 0, clock.now < deadline { MonotonicClock.sleep(nanoseconds: 5_000_000) }
    server.value?.stop()
    server.value = nil
  }

  /// How long it is waited for those who look on, at the end.
  private static let farewell = Duration.milliseconds(500)

  private static func fixed(_ run: ExperimentRun, _ picture: StackPicture, takesActs: Bool)
    -> [JSON.Member]
  {
    [
      .init("title", .string(run.plan.title)), .init("stack", .string(run.plan.stack.title)),
      .init("seed", .string("\(run.plan.seed)")),
      .init("started", .string(WallClock.text(run.clock.wallOrigin))),
      .init("control", .bool(takesActs)), .init("byHand", .bool(run.session != nil)),
      .init("report", .string(run.folder.report)), .init("topology", picture.json),
      .init(
        "instances", .strings(run.plan.stack.nodes.flatMap(\.instances).map(\.id.description))),
    ]
  }
}

/// Answering.
extension LivePage {
  private func answer(
    _ way: PageGate.Way, _ request: PageRequest, _ document: LiveDocument, _ desk: LiveDesk
  ) -> PageReply {
    switch way {
    case .page:
      .document(
        .init(
          200, "text/html; charset=utf-8", Array(document.html.utf8), policy: document.policy))
    case .icon: .document(.init(200, "image/svg+xml", Array(document.icon.utf8)))
    case .events: join()
    case .log:
      .json(
        desk.document {
          try desk.answer(
            .log(
              request.query["instance"] ?? "", after: request.query["after"].flatMap { Int($0) },
              lines: 200))
        })
    case .act: .json(desk.document { try act(request, desk) })
    case .refused(let status, let sentence): .sentence(status, sentence)
    }
  }

  /// What the page may ask for; the same words as over the control socket, but less of them.
  private func act(_ request: PageRequest, _ desk: LiveDesk) throws -> JSON {
    let text = String(decoding: request.body, as: UTF8.self)
    guard let json = try? JSON(reading: text), let asked = LiveRequest(json) else {
      throw HarnessError.other("this is nothing that the page may ask for")
    }
    switch asked {
    case .inject, .heal, .halt, .note, .traffic: return try desk.answer(asked)
    case .status, .down, .exec, .log, .capture, .step:
      throw HarnessError.other("the page may not ask for this; see faultline --help")
    }
  }
}
