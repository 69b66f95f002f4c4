internal import Basics
internal import Stacks

extension Form {
  /// `fixtures/components/<name>/component.yaml`. Values may be templates: `${parameter}`.
  public static let component = Form.record(
    [
      FormKey("name", .text, "As its folder's.", isRequired: true),
      FormKey("summary", .text, "What it is, in a line."),
      FormKey("parameters", .names(of: parameter), "What a stack may set for each node."),
      FormKey(
        "variants", .list(of: .record(program + recipe)),
        "Programs that can play it, in order of preference; without it, the keys of one stand "
          + "here."),
    ]
      + program.filter { $0.name != "name" }.map {
        // Where there are variants, each has its own.
        FormKey($0.name, $0.form, $0.summary, default: $0.default)
      } + recipe)

  /// What tells one program from another.
  private static let program = [
    FormKey("name", .text, "What reports call it; without it, as the component."),
    FormKey(
      "binary", .text, "An absolute path, or a name on the PATH; ${bin} is beside faultline.",
      isRequired: true),
    FormKey(
      "packages", .list(of: .text),
      "The Debian packages that bring it; those of PyPI as pypi:NAME==VERSION."),
    FormKey(
      "version",
      .record([
        FormKey("command", arguments, "What prints the version.", isRequired: true),
        FormKey(
          "pattern", .text, "A regular expression; its first group is the version.",
          isRequired: true),
      ]), "How its version is found."),
    FormKey("stand-in-for", .text, "What it only stands in for; every report says so."),
  ]

  /// How an instance runs; a variant's key wins over the component's.
  private static let recipe = [
    FormKey("user", .text, "Whom it runs as; groups follow.", default: "root"),
    FormKey(
      "capabilities", .list(of: .text),
      "What of root's power it keeps, such as NET_BIND_SERVICE; without it, nothing, even as root."),
    FormKey(
      "sees", .list(of: .text),
      "Files and folders below /opt that it sees, read-only, besides /usr and its own binary."),
    FormKey(
      "devices", .list(of: .choice(Instance.innerDevices)),
      "Devices that its node has besides /dev/null and the like: net/tun makes network interfaces "
        + "there, and takes the capability NET_ADMIN."),
    FormKey(
      "boot", .list(of: arguments),
      "Commands that are run, with its files in place, before the node's network carries anything: "
        + "when the stack is brought up, and whenever the node's power comes back."),
    FormKey("command", arguments, "A program and its arguments; it stays in the foreground."),
    FormKey("environment", .names(of: .scalar(.text)), "Variables; nothing is inherited."),
    FormKey("files", .list(of: file), "What is written into the instance's own folder."),
    FormKey(
      "folders", .list(of: .either([.scalar(.text), folder])), "What is made there, its user's."),
    FormKey("prepare", prepare, "Makes a clean data folder, kept until what made it changes."),
    FormKey(
      "start-after", .list(of: .scalar(.text)),
      "Whom it waits for: a component, component@parameter-value, or a node."),
    FormKey("ready", ready, "When it is ready; without it, at once."),
    FormKey("role", role, "How its role is learnt again and again, and what its roles mean."),
    FormKey("clock", clock, "How it is asked for the time: what a moved clock is confirmed by."),
    FormKey("probe", .names(of: probe), "Numbers that it tells of itself over time, by name."),
    FormKey(
      "alerts", alerts, "How it is asked which alerts fire; the invariant alerted judges them."),
    FormKey("promote", query, "Makes it the leader: the action promote."),
    FormKey("acts", .names(of: act), "What it can be made to do, by name: the fault act."),
    FormKey(
      "predicts", .list(of: prediction),
      "Times after a fault that follow from its parameters; every report has them beside what was measured."
    ),
    FormKey("stop", stop, "How it is stopped in good order."),
    FormKey("restart-prepare", .list(of: arguments), "Commands before a start after a kill."),
  ]

  private static let act = Form.record([
    FormKey("summary", .text, "What that is, for a reader."),
    FormKey(
      "command", arguments, "Does it, as the component's user; TARGET is what it is about.",
      isRequired: true),
    FormKey("undo", arguments, "Takes it back; without it, it is not taken back."),
    FormKey(
      "shows", ready, "Holds while it is in effect; without it, the command's success must do."),
    FormKey(
      "may-end", .flag, "The server may end of it, and that is no death of its own.",
      default: "false"),
    FormKey("within", .duration, "How long each of them may take.", default: "5s"),
  ])

  private static let prediction = Form.record([
    FormKey(
      "of", .choice(["role", "address", "probe"]),
      "What is waited for: another instance leads; another node has this node's floating address; a probe reads something else.",
      isRequired: true),
    FormKey(
      "component", .text, "Whose leader on this node is meant, of: role; without it, this one's."),
    FormKey("probe", .text, "Which of its probes, of: probe."),
    FormKey(
      "after", .list(of: .text),
      "Whom the fault must have struck: self, node (as a whole), a component of this node, or a selection of nodes such as role:web with all on them.",
      default: "[self, node]"),
    FormKey(
      "least", .text,
      "A formula of durations and numbers, with + - * / ( ) min and max: no sooner than this.",
      isRequired: true),
    FormKey("most", .text, "Likewise, no later than this; without it, nothing is promised."),
    FormKey("source", .text, "Where the formula comes from.", isRequired: true),
  ])

  private static let role = Form.record([
    FormKey(
      "command", arguments, "Prints its role in one word: primary, standby, leader …",
      isRequired: true),
    FormKey("within", .duration, "How long that may take.", default: "5s"),
    FormKey("every", .duration, "From the end of one look to the next.", default: "500ms"),
    FormKey(
      "exclusive", .list(of: .text),
      "Roles that at most one instance may have at a time: single-leader is then judged unasked."),
    FormKey("overlap", .duration, "How long two may be in an exclusive role.", default: "0s"),
    FormKey(
      "leading", .list(of: .text),
      "Roles that lead; without it, the exclusive ones, or else leader, primary, master, active."),
  ])

  private static let clock = Form.record([
    FormKey("http", .text, "A URL of its own whose answer has a Date."),
    FormKey(
      "command", arguments,
      "Or a command that prints the time: seconds since 1970, or universal time by ISO 8601."),
    FormKey("within", .duration, "How long that may take.", default: "1s"),
  ])

  private static let probe = Form.record([
    FormKey("command", arguments, "Prints the number; the last line counts.", isRequired: true),
    FormKey("within", .duration, "How long that may take.", default: "1s"),
    FormKey("every", .duration, "From the end of one look to the next.", default: "1s"),
    FormKey("unit", .text, "What it counts, such as seconds."),
    FormKey("summary", .text, "One sentence."),
  ])

  private static let alerts = Form.record([
    FormKey(
      "http", .text, "A URL of its own that answers with a JSON list, an object for each alert."),
    FormKey("name", .text, "Where an alert's name stands in its object.", default: "name"),
    FormKey(
      "labels", .text,
      "Where an object of texts stands that says more of it, such as the site; without it, nothing."
    ),
    FormKey(
      "command", arguments,
      "Or a command that prints a line for each: its name, then labels as key=value."),
    FormKey("without", .list(of: .text), "Labels that are not kept."),
    FormKey("within", .duration, "How long an answer may take.", default: "1s"),
    FormKey("every", .duration, "From the end of one look to the next.", default: "500ms"),
  ])

  private static let arguments = Form.list(of: .scalar(.text))

  private static func mode(_ usual: String) -> FormKey {
    FormKey("mode", .text, "Permissions, octal and quoted.", default: usual)
  }

  private static let file = Form.record([
    FormKey("template", .text, "A template beside component.yaml."),
    FormKey("text", .text, "The text itself instead of a template."),
    FormKey("to", .text, "Its path in the instance's folder.", isRequired: true),
    mode("0644"),
  ])

  private static let folder = Form.record([
    FormKey("path", .text, "Its path in the instance's folder.", isRequired: true), mode("0755"),
  ])

  private static let prepare = Form.record([
    FormKey("folder", .text, "The folder that is kept.", isRequired: true),
    FormKey("steps", .list(of: arguments), "The commands that fill it."),
  ])

  private static let ready = Form.record([
    FormKey("http", .text, "A URL that must answer."),
    FormKey("status", .count(100...599), "The one status that counts; without it, 200 to 299."),
    FormKey("body-has", .text, "What the answer must contain."),
    FormKey("insecure", .flag, "Any certificate will do over https.", default: "false"),
    FormKey("tcp", .text, "A port, or host:port, that must accept connections."),
    FormKey("command", .list(of: .text), "A command that must end with 0."),
    FormKey("within", .duration, "How long that may take.", default: "10s"),
  ])

  private static let query = Form.record([
    FormKey("command", arguments, "The command.", isRequired: true),
    FormKey("within", .duration, "How long it may take.", default: "5s"),
  ])

  private static let stop = Form.record([
    FormKey(
      "signal", .choice(["TERM", "INT", "QUIT", "HUP", "KILL", "USR1", "USR2"]), "What it is sent.",
      default: "TERM"),
    FormKey("within", .duration, "Past it, it is killed.", default: "5s"),
  ])
}
