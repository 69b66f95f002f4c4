import Basics
import Experiments
import Glibc
import Harness
import Linux
import Nodes
import Pages
import Reports
import Stacks
import Workloads

struct UpVerb: Verb {
  static let name = "up"
  static let summary = "Bring a stack up and leave it up, to be broken, watched and healed by hand."
  static let usage =
    "STACK [--with KEY=VALUE] [--traffic EXPERIMENT|WORKLOAD] [--record] [--page [control]] [--foreground]"
  static let options: [Option] = [
    Option(
      name: "set", value: "KEY=VALUE",
      summary: "Set a parameter; --with, too; may be given again. VALUE may be @FILE or @env:NAME.",
      aliases: ["--with"]),
    Option(
      name: "traffic", value: "EXPERIMENT|WORKLOAD",
      summary:
        "Send the traffic of an experiment on this stack, by its file or its name, and judge by its"
        + " invariants but those that name a fault; or a workload: 'call page 50/s'. May be given again."
    ),
    Option(
      name: "record", value: nil, summary: "Keep whole packets of all networks in the run's folder."
    ),
    Option(
      name: "abort-when", value: "CONDITION",
      summary:
        "Heal everything as soon as this is seen: 'errors > 20% for 5s'; may be given again."),
    Option(
      name: "disks", value: nil,
      summary: "Give every node a disk of Faultline's own, which faults of disks need."),
    Option(
      name: "max-targets", value: "N",
      summary: "Refuse every step by hand that would hit more; a step may say its own."),
    .pageThatMayAct, .listen, .seed, .reports, .share, .trust, .json,
    Option(name: "foreground", value: nil, summary: "Stay until Ctrl-C instead of returning."),
  ]
  static let notes = """
    From any terminal, until faultline down: inject, heal, halt, note, status, exec. With --page control all but
    exec and down can be done in a browser, too; whoever has the page's address may, so keep it to yourself.
    What is done is journalled, confirmed and healed as in an experiment, and 'down' leaves a run's folder:
    history, report, plan. Without --traffic nothing is judged.
    A condition: errors > 20% for 5s; p99 > 500ms for 5s of orders; lag of db-b/db > 10 for 5s; or one of an
    experiment's abort-when, in braces. It halts: everything is healed at once, and the stack stays up.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let name = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'up' takes one stack: faultline up STACK; faultline list names them")
    }
    let page = try PageAsked(arguments)
    let project = try Project.here()
    let plan = try plan(name, arguments, project)
    if !isDetached { try arguments.warnOfBareSecrets(of: plan.stack) }
    var options = try options(plan, arguments, project)
    if Ticket.taken() != nil {
      options.page = page?.order()
      return try inside(plan, options, arguments)
    }
    if let obstacle = Doctor().obstacle(to: plan) { throw CapabilityError(message: obstacle) }
    let registry = LiveRegistry(orIn: options.reports)
    if let obstacle = registry.obstacle { standardError("warning: \(obstacle)\n") }
    let living = try registry.living()
    if living.contains(where: { $0.name == plan.stack.name && $0.reports == options.reports }) {
      throw UsageError("\(plan.stack.name) is up already; faultline down takes it down")
    }
    if !arguments.has("foreground") { return try detach() }
    let door = try page?.open()
    Ticket.give(0, seed: plan.seed)
    let code = try Isolation.run(handingOver: door.map { [$0.socket.number] } ?? []) { _ in 0 }
    return ExitCode(rawValue: code) ?? .harness
  }

  private static func plan(_ name: String, _ arguments: Arguments, _ project: Project) throws
    -> Plan
  {
    let loader = try project.loader(arguments.trust)
    var wanted = ByHand(stack: name.hasSuffix(".yaml") ? try project.path(of: name) : name)
    wanted.workloads = arguments.all("traffic").filter(ByHand.isWorkload)
    let experiments = arguments.all("traffic").filter { !ByHand.isWorkload($0) }
    guard experiments.count <= 1 else {
      throw UsageError(
        "--traffic takes one experiment, and any number of workloads: --traffic 'call page 50/s'")
    }
    wanted.traffic = try experiments.first.map {
      try loader.experiment(called: $0, on: wanted.stack, project)
    }
    wanted.abortWhen = arguments.all("abort-when")
    wanted.recordsPackets = arguments.has("record")
    wanted.hasDisks = arguments.has("disks")
    wanted.mostTargets = try arguments.number("max-targets").map { Int(clamping: $0) }
    let seed = try arguments.number("seed") ?? Ticket.seed()
    return try loader.byHand(
      wanted, set: try arguments.parameters().map { ($0.key, $0.value) }, seed: seed)
  }

  private static func options(
    _ plan: Plan, _ arguments: Arguments, _ project: Project
  ) throws -> RunOptions {
    let sets = try arguments.settings().map { " --set \($0.key)=\($0.value)" }.joined()
    let traffic = arguments.all("traffic").map {
      " --traffic " + ($0.contains(" ") ? "'\($0)'" : $0)
    }.joined()
    var options = RunOptions(
      reports: try project.reports(arguments.value("reports")), shares: try Project.shares(),
      command: plan.stack.secrets.mask(
        "faultline up \(arguments.operands[0])\(traffic) --seed \(plan.seed)\(sets)"),
      isQuiet: true, followsLinks: arguments.has("trust"))
    options.isShared = arguments.has("share")
    return options
  }

  private static func inside(
    _ plan: Plan, _ options: RunOptions, _ arguments: Arguments
  ) throws -> ExitCode {
    let code = try Isolation.run { space in
      do { return try live(plan, options, arguments, in: space).rawValue } catch {
        return Faultline.complain(error, hiding: plan.stack.secrets).rawValue
      }
    }
    return ExitCode(rawValue: code) ?? .harness
  }

  /// Keeps the stack up until it is asked to go down, and reports.
  private static func live(
    _ plan: Plan, _ options: RunOptions, _ arguments: Arguments, in space: RunSpace
  ) throws -> ExitCode {
    let isJSON = arguments.has("json")
    let page = Latch<String?>()
    let live = try LiveStack(plan, options: options, space: space) { folder, steps in
      let url = page.current ?? nil
      show(isJSON ? upDocument(plan.stack, folder, url).text() : ready(plan, steps, url))
      fflush(nil)
      guard isDetached else { return }
      print(Self.readyMark, terminator: "")
      fflush(nil)
      try redirect(to: folder)
    }
    page.set(live.pageURL)
    if arguments.has("page"), live.pageURL == nil { PageAsked.warnOfNone() }
    space.onInterrupt { signal, count in
      if count > 1 { _exit(128 + signal) }
      live.interrupt(by: signal)
    }
    var record = live.live()
    do throws(Errno) { try live.folder.write(record) } catch {
      record.trouble = record.trouble ?? "the reports cannot be written: \(error)"
      record.exit = .worst([record.exit, .harness])
    }
    if !live.wasReady, let trouble = record.trouble {
      return Faultline.complain(plan.stack.secrets.mask(trouble), record.exit)
    }
    let closing = Closing.text(record, live.folder, isColoured: false)
    if isJSON {
      show(record.json.text())
    } else {
      print(Closing.text(record, live.folder, isColoured: false))
    }
    fflush(nil)
    try live.close(record, saying: closing)
    return record.handExit
  }
}

/// Being on its own.
extension UpVerb {
  /// Does the same in a session of its own, and returns once the stack is up or could not be.
  private static func detach() throws -> ExitCode {
    // Neither is handed on as it is: who reads our own output waits until nobody holds it open.
    let output = try Descriptor.pipe()
    let errors = try Descriptor.pipe()
    setenv(Self.detachedMark, "1", 1)
    let child = try Detached.start(
      "/proc/self/exe", Array(CommandLine.arguments.dropFirst()) + ["--foreground"],
      output: output.writing.raw, errors: errors.writing.raw)
    if try pass(output.keepReading(), errors.keepReading()) { return .valid }
    return ExitCode(rawValue: try child.wait()) ?? .harness
  }

  /// Passes on what is said until the stack is up, or could not be.
  ///
  /// - Returns: whether it is up.
  private static func pass(
    _ output: consuming Descriptor, _ errors: consuming Descriptor
  ) throws -> Bool {
    var said = ""
    var isOpen = true
    var complains = true
    while isOpen, !said.contains(readyMark) {
      let ready = try Poll.wait([output.raw, complains ? errors.raw : -1])
      if ready[1] {
        let bytes = try errors.read(upTo: 65_536)
        complains = !bytes.isEmpty
        standardError(String(decoding: bytes, as: UTF8.self))
      }
      guard ready[0] else { continue }
      let bytes = try output.read(upTo: 65_536)
      isOpen = !bytes.isEmpty
      said += String(decoding: bytes, as: UTF8.self)
    }
    show(said.replacing(readyMark, with: ""), terminator: "")
    fflush(nil)
    let isUp = said.contains(readyMark)
    if !isUp { standardError(String(decoding: try errors.readAll(), as: UTF8.self)) }
    return isUp
  }

  /// From now on nobody reads what the stack says: it goes into the run's folder.
  private static func redirect(to folder: RunFolder) throws {
    let log = try Descriptor.open(folder.path + "/logs/faultline.log", .append)
    for number in [STDOUT_FILENO, STDERR_FILENO] {
      try Errno.retrying("write to the log") { dup2(log.raw, number) }
    }
  }

  /// The variable that tells a stack that it is on its own once it is up.
  private static let detachedMark = "FAULTLINE_DETACHED"
  private static var isDetached: Bool { getenv(detachedMark) != nil }

  /// Ends what is said until the stack is ready; nothing follows it.
  private static let readyMark = "\u{4}"

  private static func upDocument(_ stack: ResolvedStack, _ folder: RunFolder, _ page: String?)
    -> JSON
  {
    [
      "up": .string(stack.name), "folder": .string(folder.path),
      "page": .optional(page) { .string($0) },
    ]
  }

  private static func ready(_ plan: Plan, _ steps: [String], _ page: String?) -> String {
    let stack = plan.stack
    let nodes = stack.nodes.map(\.id.text).joined(separator: " ")
    let traffic = plan.workloads.map { "\($0.name) \($0.load.text)" }.joined(separator: ", ")
    return
      (["\(stack.title) is up"] + steps.map { "  " + $0 } + ["nodes: \(nodes)"]
      + (traffic.isEmpty ? [] : ["traffic: \(traffic)"])
      + (page.map { ["live page: \($0)"] } ?? [])
      + [
        "a shell in one: faultline exec \(stack.nodes[0].id) -- bash",
        "break something: faultline inject 'kill \(breakable(stack)) for 5s'; undo it: faultline heal",
        "what it is doing: faultline status; the end of it: faultline down",
      ]).joined(separator: "\n")
  }

  /// Something that runs, for an example.
  private static func breakable(_ stack: ResolvedStack) -> String {
    let instance = stack.nodes.lazy.flatMap(\.instances).first
    return instance.map { "\($0.id.component) on \($0.id.node)" } ?? "\(stack.nodes[0].id)"
  }
}
