internal import Basics
internal import Bindings
internal import Checking
internal import Checkers
internal import Faults
internal import Workloads

extension Form {
  /// `experiments/<stack>/<name>.yaml`.
  public static let experiment = Form.record([
    FormKey("title", .text, "What happens, in a few words.", isRequired: true),
    FormKey("description", .text, "What is tried and what is expected, for a reader."),
    FormKey("tags", .list(of: .text), "Words to find it by."),
    FormKey(
      "stack", .text, "A stack's name, or a path ending in .yaml seen from this file.",
      isRequired: true),
    FormKey("with", .names(of: .scalar(.text)), "The stack's parameters; --set wins over it."),
    FormKey("workloads", .names(of: workload), "Traffic, by a name that invariants refer to."),
    FormKey("steady-state", steadyState, "What must be reached before anything is broken."),
    FormKey("method", .list(of: step), "What is done; times count from the steady state."),
    FormKey(
      "abort-when", .list(of: condition),
      "As soon as one of these is seen everything is healed, and the run is unknown at best;"
        + " without it, the method is carried out whatever happens."),
    FormKey("settle", settle, "What must be reached after everything is healed."),
    FormKey("capture", capture, "Which packets are kept in capture.pcapng."),
    FormKey(
      "repeat", .count(repeats),
      "How many runs, each with a seed of its own that is drawn from the first; --repeat wins over it.",
      default: "1"),
    FormKey("invariants", .list(of: invariant), "What must hold, each by its checker's name."),
    FormKey(
      "expect", .list(of: .text),
      "The names of invariants that must fail, exactly these; without it, all must hold."),
  ])

  /// How many runs one command may come to.
  static let repeats: ClosedRange<Int64> = 1...1000
  /// How many processes a workload may have.
  static let clients: ClosedRange<Int64> = 1...1000

  static let steadyState = Form.record([
    FormKey("for", .duration, "How long traffic must be without errors.", default: "2s"),
    FormKey("within", .duration, "By when; past it the run stops.", default: "20s"),
  ])

  static let settle = Form.record([
    FormKey("for", .duration, "How long traffic must be good again.", default: "2s"),
    FormKey("within", .duration, "How long that is waited for.", default: "15s"),
    FormKey(
      "quiet", .duration,
      "How long nobody asks before the final reads: replicas that follow later need that to show what was acknowledged last.",
      default: "0s"),
  ])

  static let capture = Form.record([
    FormKey(
      "segment", .text,
      "clients (the interfaces of nodes that run workloads), none, all (networks), or a network of the stack.",
      default: "clients"),
    FormKey("full", .flag, "Whole packets instead of their headers.", default: "false"),
    FormKey(
      "file-size", .text,
      "How large a file may grow, at least 2M; then the next is begun (capture-00002.pcapng and on).",
      default: ByteCount.text(CaptureLimits.usualFileBytes)),
    FormKey(
      "files", .count(CaptureLimits.files),
      "How many files of that size are kept, the newest.",
      default: "\(CaptureLimits.usualFiles)"),
  ])

  /// Whom something is aimed at.
  static let target = Form.record([
    FormKey("node", .text, "A node by its name."),
    FormKey("role", .text, "All nodes of a role."),
    FormKey("site", .text, "All nodes of a site; beside a role, those of the role there."),
    FormKey("owner-of", .text, "Whoever holds this address when the fault fires."),
    FormKey("leader-of", .text, "The node whose instance of this component leads."),
    FormKey(
      "pick", .choice(Target.Pick.allCases.map(\.rawValue)),
      "All of several, or one that the seed chooses.", default: Target.Pick.all.rawValue),
  ])
}

extension Form {
  static let workload = Form.either(WorkloadCatalogue.all.map { .record(keys(of: $0)) })

  static func keys(of kind: any Workload.Type) -> [FormKey] {
    [
      FormKey("kind", .choice([kind.kind]), "What clients ask for.", isRequired: true),
      FormKey("service", .text, "A service of the stack.", isRequired: true),
      FormKey(
        "rate", rate, "Operations of all clients together, or how they change over time.",
        isRequired: true),
      FormKey("clients", .count(clients), "How many client processes.", default: "1"),
      FormKey("from", target, "Where clients run; without it, all nodes of the role client."),
      FormKey(
        "near", .flag, "Each client asks the replica in its own site, not the service's URL.",
        default: "false"),
      FormKey(
        "timeout", .duration, "An operation without an answer by then is given up.", default: "1s"),
      FormKey(
        "value-size", .either([.scalar(.count(bytes)), .list(of: .scalar(.count(bytes)))]),
        "Bytes that an operation carries besides its value where a binding has {filler}, or the least and the most.",
        default: "0"),
      FormKey(
        "client", client,
        "How the service is asked, in the place of what the stack says of it; without either, as the client"
          + " does that speaks the URL's scheme."),
    ] + kind.schema.keys.map { FormKey($0) }
  }

  private static var bytes: ClosedRange<Int64> { 0...Int64(Filler.most) }

  /// `50/s`, or a list of changes.
  private static let rate = Form.either([
    .scalar(.text),
    .list(
      of: .record([
        FormKey("at", .duration, "When, counted from the first operation.", default: "0s"),
        FormKey(
          "rate", .text, "50/s, 600/m, or a number per second; 0.001/s to 100000/s.",
          isRequired: true),
        FormKey("over", .duration, "How long it takes to get there, evenly.", default: "0s"),
      ])),
  ])

  /// How a service is asked: the name of one client with its bindings.
  static let client = Form.one(
    of: ClientCatalogue.all.map { FormKey($0.client, .record(keys(of: $0)), $0.summary) })

  static func keys(of client: any ClientBindings.Type) -> [FormKey] {
    let functions = Form.names(of: .record(client.functionSchema.keys.map { FormKey($0) }))
    return client.schema.keys.map { FormKey($0) } + [
      FormKey("functions", functions, "How each function is invoked, by its name."),
      FormKey(
        "final-reads", functions,
        "The same for final reads, where they are asked in another way; without it, as 'functions' says."
      ),
    ]
  }

  static let invariant = Form.either([
    .scalar(.choice(Catalogue.all.map { $0.name })),
    .one(of: Catalogue.all.map { FormKey($0.name, .record(keys(of: $0)), $0.summary) }),
  ])

  static func keys(of checker: any Checker.Type) -> [FormKey] {
    let shared = [
      FormKey("name", .text, "Tells two invariants of one checker apart; its name otherwise."),
      FormKey("workload", .text, "The workload that is judged; without it, every one."),
    ]
    let own = checker.schema.keys
    return shared.filter { key in !own.contains { $0.name == key.name } }
      + own.map { key in
        // In a file a step may be named, too.
        key.name == "fault" ? FormKey(key.name, .list(of: .text), key.summary) : FormKey(key)
      }
  }
}
