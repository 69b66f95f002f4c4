import Archive
import Basics
import Checkers
import Checking
import Clients
import Clocks
import Experiments
import Fabric
import Faults
import Histories
import Linux
import Nodes
import Reports
import Stacks
import Verdicts
import Workloads

/// The phases of a run, in order.
extension ExperimentRun {
  /// Everything but the outermost frame; what it learns goes into the record as it goes, so that
  /// a run that fails half-way still shows what it has.
  func perform(_ record: inout RunRecord) throws {
    let recorder = Recorder(
      isJournaled: true,
      follow: { [state, page = page.value] seen in
        state.take(seen)
        page?.take(seen)
      }, now: { [clock] in clock.now })
    let meta = RunMeta(
      startNanoseconds: clock.wallOrigin, seed: plan.seed, file: plan.file)
    let writer = try storing {
      try HistoryWriter(path: folder.history, recorder: recorder, about: meta)
    }
    try storing { try Files.write(plan.json.text(indented: true), to: folder.plan) }
    let trafficBox = Handover<LiveTraffic>()
    let progress = try Progress(
      isQuiet: options.isQuiet, clock: clock, state: state, hiding: plan.stack.secrets,
      traffic: { trafficBox.value })
    defer { progress.end() }

    let outcome = Result { try live(recorder, writer, &record, trafficBox) }
    recorder.record(.phase(.down))
    let search = SecretSearch(folder: folder, stack: plan.stack, words: Judge.looksFor(plan))
    for fact in search.facts { recorder.record(fact) }
    record.history = recorder.history()
    let stored = Result { try writer.finish() }
    try outcome.get()
    try storing { try stored.get() }
    judge(&record)
  }

  /// What the run's folder must take.
  private func storing<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch { throw HarnessError.cannotWrite("\(error)") }
  }

  /// From nothing to healed and read: the part with a stack.
  private func live(
    _ recorder: Recorder, _ writer: HistoryWriter, _ record: inout RunRecord,
    _ trafficBox: Handover<LiveTraffic>
  ) throws {
    recorder.record(.phase(.up))
    let logs = try LogWatch(folder, clock: clock)
    defer {
      let notes = logs.end()
      state.update { $0.notes += notes }
    }
    let up = StackUp(
      stack: plan.stack, space: space, folder: folder,
      cache: DataCache(at: CachePlace(orIn: options.reports)),
      recorder: recorder, clock: clock, state: state, seed: plan.seed, stop: stop,
      shares: options.shares, diskNodes: plan.diskNodes, clientFolders: plan.clientFolders)
    let (lab, timings) = try up.run()
    defer { lab.fabric.stop() }
    if plan.needs.contains(.movedClocks) { try lab.clocks.prepare() }
    record.timings = timings
    record.servers = ServerVersions(lab: lab).servers()
    let watch = try Watch(lab, plan, folder)
    defer {
      // What watches goes on telling facts until it has ended, so nothing may be locked meanwhile.
      let notes = watch.end()
      state.update { $0.notes += notes }
    }
    ground.value = lab
    // Nothing may be done to what goes down; it can still be asked for its end.
    defer { ground.value = nil }
    let control = try ControlService(desk, named: session == nil ? folder.name : plan.stack.name)
    session?.control.value = control
    defer { if session == nil { noting { try control.end() } } }

    try prepareServices(lab)
    let traffic = try LiveTraffic(
      plan, options: options, nodes: lab.nodes, recorder: recorder, clock: clock,
      note: state.note)
    trafficBox.value = traffic
    lab.traffic.value = traffic
    defer { traffic.end() }
    let usual = try steady(traffic, lab, &record)
    // What the stack was made of is on its disks, as if it had run for long.
    try lab.disks?.settle()
    try breakAndHeal(lab, writer, timings: record.timings)
    settle(traffic, usual, recorder)
    traffic.end()
    if !plan.claimsNothing {
      _ = clock.sleep(until: clock.now.advanced(by: plan.settle.quiet), unless: stop)
    }
    try finalReads(lab, traffic, from: LiveTraffic.firstFreeNumber)
    try lab.requireWhole()
  }

  /// What clients say must be there before any operation: tables, keys. A service that has just come up may
  /// need a moment for it.
  private func prepareServices(_ lab: Lab) throws {
    for spec in plan.workloads {
      let spec = try spec.loaded(followingLinks: options.followsLinks)
      guard let node = lab.nodes[spec.nodes[0]] else { continue }
      var refusal = ""
      let host = spec.client.traffic.host(on: try ClientGround(node, note: state.note))
      let isPrepared = try node.sync { [clock, stop, plan] in
        let client = host.client(of: spec.service.url, timeout: .seconds(5))
        return clock.wait(within: plan.steadyState.within, unless: stop) {
          do throws(ClientError) {
            try client.prepare()
            return true
          } catch {
            refusal = error.message
            return false
          }
        }
      }
      if stop.isRaised { throw HarnessError.interrupted }
      guard isPrepared else {
        throw HarnessError.notPrepared(service: spec.service.name, refusal)
      }
    }
  }

  /// Traffic without errors for a while; without it nothing is broken and nothing judged. Gives how
  /// each workload usually does.
  private func steady(
    _ traffic: LiveTraffic, _ lab: Lab, _ record: inout RunRecord
  ) throws -> [LiveTraffic.Usual] {
    guard !plan.claimsNothing else {
      lab.recorder.record(.phase(.steady))
      return []
    }
    let start = clock.now
    // Whether it is reached is only known when it has held; those who watch see it waited for.
    state.update { $0.phase = .steady }
    let isSteady = clock.wait(within: plan.steadyState.within, unless: stop) {
      traffic.hasBeenGood(for: plan.steadyState.holds, since: start, now: clock.now)
    }
    record.timings.append(.init(step: "steady state", duration: start.duration(to: clock.now)))
    if stop.isRaised { throw HarnessError.interrupted }
    guard isSteady else {
      throw HarnessError.noSteadyState(
        holds: plan.steadyState.holds, within: plan.steadyState.within, traffic.complaints)
    }
    // The steady phase is the stretch that has just held.
    let began = clock.now.advanced(by: .zero - plan.steadyState.holds)
    lab.recorder.record(.phase(.steady), at: began)
    return traffic.usual(since: began)
  }

  /// The method: what is scheduled, or what people ask for until they ask for the end.
  private func breakAndHeal(
    _ lab: Lab, _ writer: HistoryWriter, timings: [RunRecord.Timing]
  ) throws {
    lab.recorder.record(.phase(.method))
    try session?.begin(folder, timings.map { "\($0.step): \($0.duration.text)" })
    let method = Method(
      plan: plan, lab: lab, journal: try FaultJournal(in: folder, hiding: plan.stack.secrets),
      stop: stop, session: session, gate: gate,
      healing: { [state] in state.update { $0.isHealing = true } })
    let failures = method.run(from: clock.now)
    for failure in failures { state.note("\(failure)") }
    if let failure = writer.failure { throw HarnessError.cannotWrite("\(failure)") }
  }

  /// Traffic good again for a while, with every usual function in it and as quick as `settles` will
  /// ask, and for as long as the invariants have to look.
  private func settle(
    _ traffic: LiveTraffic, _ usual: [LiveTraffic.Usual], _ recorder: Recorder
  ) {
    guard !stop.isRaised, !plan.claimsNothing else { return }
    let settles = Judge.settling(plan)
    recorder.record(.phase(.settle))
    let start = clock.now
    // What the invariants look at comes first: nothing may go wrong in it that is not waited for.
    let look = Judge.lookAfterHeal(plan)
    let looked = start.advanced(by: look)
    let within = max(plan.settle.within, look + plan.settle.holds)
    let isSettled = clock.wait(within: within, unless: stop) {
      let now = clock.now
      return now >= looked && traffic.hasBeenGood(for: plan.settle.holds, since: start, now: now)
        && traffic.hasSeen(usual, since: start)
        && traffic.isQuick(usual, since: now.advanced(by: .zero - plan.settle.holds), as: settles)
    }
    if !isSettled && !stop.isRaised {
      state.note(
        "traffic was not good and as quick as before for \(plan.settle.holds.text) within "
          + "\(plan.settle.within.text) after everything was healed: "
          + traffic.complaints.joined(separator: "; "))
    }
  }

  private func finalReads(_ lab: Lab, _ traffic: LiveTraffic, from firstNumber: Int) throws {
    lab.recorder.record(.phase(.final))
    var numbers = firstNumber
    for spec in plan.workloads {
      let spec = try spec.loaded(followingLinks: options.followsLinks)
      let replicas = spec.service.replicas.filter { !lab.isSpare($0.node) }.map { replica in
        FinalReads.Source(node: replica.node.text, url: replica.url)
      }
      let service = FinalReads.Source(node: spec.service.name, url: spec.service.url)
      guard let reader = lab.nodes[spec.nodes[0]] else { continue }
      let host = spec.client.finalReads.host(on: try ClientGround(reader, note: state.note))
      let reads = FinalReads(
        try spec.workload(), name: spec.name, host: host, recorder: lab.recorder, clock: clock)
      var next = numbers
      let begun = traffic.begun(spec.name)
      let silent = try reader.sync {
        reads.run(
          after: begun, replicas.isEmpty ? [service] : replicas, service: service,
          within: .seconds(10),
          numbers: &next, unless: stop)
      }
      numbers = next
      for node in silent { state.note("\(spec.name): \(node) did not answer every final read") }
    }
  }

  private func judge(_ record: inout RunRecord) {
    guard !plan.claimsNothing else {
      record.unjudged = Judge.nothingClaimed
      return
    }
    let judge = Judge { [options, clock] in options.budget(clock) }
    record.take(
      judge.judge(record.history, by: plan, isOneOfMany: options.repetition != nil))
  }

  /// What fails on the way down is said, and holds up nothing.
  private func noting(_ act: () throws -> Void) {
    do { try act() } catch { state.note("\(error)") }
  }

}
