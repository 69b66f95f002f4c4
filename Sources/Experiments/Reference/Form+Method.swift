internal import Basics
internal import Faults

extension Form {
  private static let kinds = FaultCatalogue.faults + FaultCatalogue.actions

  static let step = Form.either(
    kinds.map { .record(timing + keys(of: $0)) } + [
      .record([FormKey("random", random, "Steps drawn from the seed.", isRequired: true)]),
      .record([
        FormKey("at", .duration, "When all lanes begin.", default: "0s"),
        FormKey(
          "lanes", .list(of: .list(of: plainStep)),
          "Lists of steps that run beside each other; in each, a step begins when the one before it"
            + " is over, or 'at' so much later.", isRequired: true),
      ]),
    ])

  private static let plainStep = Form.either(kinds.map { .record(timing + keys(of: $0)) })

  private static let lasting = FormKey(
    "for", .duration, "It must hold for so long; without it, at one look.")

  /// What can be waited for.
  static let condition = Form.either([
    .record([
      FormKey(
        "leader-of", .text, "Who leads this component, as its role query said last.",
        isRequired: true),
      FormKey("is", .text, "This node leads; without it: another node than at the first look."),
      lasting,
    ]),
    .record([
      FormKey("owner-of", .text, "Who holds this address.", isRequired: true),
      FormKey("is", .text, "This node holds it; without it: another node than at the first look."),
      lasting,
    ]),
    .record([
      FormKey(
        "operations", .count(1...1_000_000_000),
        "So many were answered well since the first look.", isRequired: true),
      FormKey("workload", .text, "Of this workload; without it, of all together."), lasting,
    ]),
    .record([
      FormKey("probe", .text, "What this probe of a component reads.", isRequired: true),
      FormKey("of", .text, "Of which instance: NODE/COMPONENT.", isRequired: true),
      FormKey("above", .number, "More than that; in the probe's own unit."),
      FormKey("below", .number, "Less than that; in the probe's own unit."), lasting,
    ]),
    .record([
      FormKey(
        "bad", .ratio, "At least this share of the operations was bad, of ten or more.",
        isRequired: true),
      FormKey("over", .duration, "Of those that ended within so long.", default: "5s"),
      FormKey("workload", .text, "Of this workload; without it, of all together."), lasting,
    ]),
    .record([
      FormKey(
        "latency", .duration,
        "So long or longer took a share of the good operations, of ten or more, counted from their"
          + " intended starts.", isRequired: true),
      FormKey("share", .ratio, "That share of them.", default: "1%"),
      FormKey("over", .duration, "Of those that ended within so long.", default: "5s"),
      FormKey("workload", .text, "Of this workload; without it, of all together."), lasting,
    ]),
  ])

  /// When a step begins.
  static let timing = [
    FormKey(
      "at", .duration,
      "When, counted from the steady state, or from the end of the step that 'after' names; with"
        + " 'after', 'when' or in a lane 0s unless it is said."),
    FormKey("after", .text, "The 'id' of a step above it: when that was healed, or done."),
    FormKey(
      "when", condition,
      "Not before this is seen; looked for from 'at' on, or from when the step above it began."),
    FormKey(
      "within", .duration,
      "With when: how long it is waited for; after that the step is not done, and the run unknown.",
      default: "30s"),
    FormKey("every", .duration, "Again and again at this distance, as 'until' or 'times' says."),
    FormKey("until", .duration, "With every: none begins later, counted from the steady state."),
    FormKey(
      "times", .count(2...1000), "With every: how many there are; their ids are 'id-1' and so on."),
  ]

  /// Another begins a random gap after the one before it.
  private static let random = Form.record([
    FormKey("at", .duration, "From when on.", default: "0s"),
    FormKey("until", .duration, "None begins later.", isRequired: true),
    FormKey(
      "gap", .either([.scalar(.duration), .list(of: .scalar(.duration))]),
      "Between two, each length from the least to the most as likely.", default: "[1s, 5s]"),
    FormKey("at-most", .count(1...64), "How many may be active at a time.", default: "1"),
    FormKey(
      "faults",
      .list(
        of: .either(
          kinds.map {
            .record(
              [
                FormKey(
                  "weight", .count(1...1000), "How often it is drawn, beside the others.",
                  default: "1")
              ] + keys(of: $0))
          })), "What is drawn from; each has a 'for'.", isRequired: true),
  ])

  static func keys(of kind: any Fault.Type) -> [FormKey] {
    let what = kind.isAction ? "action" : "fault"
    return [
      FormKey("id", .text, "A name by which invariants refer to it; it has a number anyway."),
      FormKey(what, .choice([kind.name]), kind.summary, isRequired: true),
    ] + aimKeys(of: kind) + (kind.isAction ? [] : [length(of: kind)])
      + kind.schema.keys.map { FormKey($0) }
  }

  private static func length(of kind: any Fault.Type) -> FormKey {
    FormKey(
      "for", .text,
      "How long it is held, or forever; without it, "
        + (kind.healsAtOnce ? "no longer than it takes." : "until the method is over."))
  }

  private static func aimKeys(of kind: any Fault.Type) -> [FormKey] {
    let whom = FormKey("target", target, "Whom: resolved when it fires.", isRequired: true)
    func component(isRequired: Bool) -> FormKey {
      let summary = "A component of the target" + (isRequired ? "." : "; without it, the node.")
      return FormKey("component", .text, summary, isRequired: isRequired)
    }
    switch kind.aim {
    case .everything: return []
    case .nodes: return [whom]
    case .instances: return [whom, component(isRequired: true)]
    case .nodesOrInstances: return [whom, component(isRequired: false)]
    case .path:
      return [
        FormKey("between", .list(of: target), "Two targets: both directions."),
        FormKey("from", target, "With to: one direction only."),
        FormKey("to", target, "With from: one direction only."),
        FormKey("target", target, "A target cut off from everyone else."),
      ]
    }
  }
}
