internal import Basics
internal import Stacks

extension Form {
  /// `fixtures/stacks/<name>.yaml`. Values may be templates: `${parameter}`.
  public static let stack = Form.record([
    FormKey("title", .text, "What it is, in a few words.", isRequired: true),
    FormKey("summary", .text, "What it is, for a reader."),
    FormKey(
      "parameters", .names(of: parameter), "What an experiment may choose, under with: or by --set."
    ),
    FormKey(
      "sites", .either([.list(of: .scalar(.text)), .names(of: .scalar(.text))]),
      "Where nodes are: names, or names with titles.", isRequired: true),
    FormKey(
      "prefers", .choice(["ipv4", "ipv6"]),
      "Which address of a node with both ${node.address} is; ${node.address4} and ${node.address6} name one.",
      default: "ipv4"),
    FormKey(
      "networks", .names(of: network), "Layer-2 segments, each of its own.", isRequired: true),
    FormKey(
      "links", .list(of: link),
      "What the ways between nodes are like, both directions; where several apply they add up."),
    FormKey(
      "tunnels", .list(of: tunnel),
      "Encrypted ways that components make between nodes, over others: pictures show them."),
    FormKey("addresses", .names(of: address), "Floating addresses: whoever holds one owns it."),
    FormKey("nodes", .names(of: node), "The machines.", isRequired: true),
    FormKey(
      "resolvers", .list(of: .scalar(.text)),
      "Nodes with a DNS server, which all nodes ask for names that are not in /etc/hosts: each its own site's first, "
        + "and three at most."),
    FormKey("services", .names(of: service), "What workloads use."),
  ])

  /// Of a stack or of a component.
  static let parameter = Form.record([
    FormKey(
      "kind",
      .choice(["choice", "duration", "flag", "integer", "number", "ratio", "secret", "text"]),
      "What its values are; a secret is a text that nothing shows: give it with --set name=@FILE.",
      default: "text"),
    FormKey("choices", .list(of: .text), "The values there are; its kind is then choice."),
    FormKey("default", .text, "Its value; without it, the user must say one."),
    FormKey("summary", .text, "One sentence."),
  ])

  private static let network = Form.record([
    FormKey("subnet", .text, "An IPv4 network such as 10.77.0.0/16."),
    FormKey(
      "subnet6", .text,
      "An IPv6 network such as fd00:77::/64; beside subnet: its nodes have addresses of both."),
  ])

  private static let tunnel = Form.record([
    FormKey(
      "between", .list(of: .scalar(.text)), "The two nodes whose components make it.",
      isRequired: true),
    FormKey("title", .text, "What pictures call it.", default: "tunnel"),
  ])

  private static let link = Form.record([
    FormKey(
      "between",
      .list(of: .either([.scalar(.text), .record([FormKey("node", .text, "A node.")])])),
      "Two sites, or two nodes: [{node: x}, {node: y}]."),
    FormKey("network", .text, "In place of between: each two nodes of that network, there only."),
    FormKey("delay", .duration, "One way.", default: "0s"),
    FormKey("jitter", .duration, "Evenly spread, this much more or less.", default: "0s"),
    FormKey("loss", .ratio, "The share of packets that is lost.", default: "0%"),
    FormKey(
      "mbit", .number,
      "Megabits a second from one node to another, from 0.01 to 100000; without it there is no bound."
    ),
    FormKey(
      "queue", .duration, "With mbit: how much may wait, in time at that rate.", default: "100ms"),
    FormKey(
      "mtu", .count(576...1500),
      "Of a network: the largest IP packet that its interfaces take, in bytes.", default: "1500"),
  ])

  private static let address = Form.record([
    FormKey("ip", .text, "An IPv4 or IPv6 address of the network.", isRequired: true),
    FormKey("network", .text, "Its network; may be left out where there is only one."),
    FormKey("preferred", .text, "The node that should hold it when all is well."),
  ])

  private static let node = Form.record([
    FormKey("site", .text, "Where it is.", isRequired: true),
    FormKey("role", .text, "What it is for; targets and templates refer to it.", isRequired: true),
    FormKey("network", .text, "Its network; may be left out where there is only one."),
    FormKey(
      "ip", ips,
      "Its address, or a list with one of each family; not for a node with several networks. One that is "
        + "not said follows from the node's place in this list: the third node gets 10.77.0.3."),
    FormKey("networks", .names(of: ips), "For several: each network and its address or addresses."),
    FormKey(
      "routes", .list(of: route), "Which router leads to networks that the node is not on."),
    FormKey(
      "forwards", .flag, "It is a router: it passes on what is for others.", default: "false"),
    FormKey(
      "masquerades", .list(of: .scalar(.text)),
      "Of a router: the networks on which what it passes on bears its own address, as behind a NAT; on "
        + "others, and without it, packets keep theirs."),
    FormKey(
      "spare", .flag,
      "It stands by: its components are prepared, but start only when a step says so.",
      default: "false"),
    FormKey("limits", limits, "How much of the machine it may take."),
    FormKey(
      "components",
      .list(of: .either([runnable, conditional])),
      "What runs there: names, or a name with parameters; under 'run' beside 'if' only where that holds."
    ),
  ])

  private static let runnable = Form.either([
    .scalar(.text), .names(of: .names(of: .scalar(.text))),
  ])

  private static let conditional = Form.record([
    FormKey(
      "if", .text, "A condition on the stack's parameters or the node, as in templates.",
      isRequired: true),
    FormKey("run", runnable, "What runs there where it holds.", isRequired: true),
  ])

  private static let ips = Form.either([.scalar(.text), .list(of: .scalar(.text))])

  private static let limits = Form.record([
    FormKey(
      "processes", .integer,
      "How many processes at once, \(NodeLimits.fewestProcesses) to \(NodeLimits.mostProcesses); "
        + "where the machine can bound them (Linux 6.14, or cgroup2's controller pids).",
      default: "\(UsualLimits.processes)"),
    FormKey(
      "disk", .text, "How much its files may hold, such as 500M.",
      default: ByteCount.text(UsualLimits.disk)),
    FormKey(
      "memory", .text,
      "How much memory it may use, its files included, where the machine can bound that (cgroup2's "
        + "controller memory; doctor says so); without it there is no bound."),
  ])

  private static let route = Form.record([
    FormKey("to", .text, "The network, such as 10.2.0.0/16 or fd00:2::/64.", isRequired: true),
    FormKey("via", .text, "The router's address on one of the node's networks.", isRequired: true),
  ])

  private static let service = Form.record([
    FormKey("url", .text, "Where clients send requests.", isRequired: true),
    FormKey("replicas", replicas, "Who is asked in final reads, each by itself."),
    FormKey(
      "client", client,
      "How the service is asked; without it, as the client does that speaks the URL's scheme."),
  ])

  private static let replicas = Form.record([
    FormKey("role", .text, "All nodes of a role."),
    FormKey("site", .text, "All nodes of a site."),
    FormKey("component", .text, "All nodes that run a component."),
    FormKey("node", .text, "One node."),
    FormKey("url", .text, "Of each, with ${node.address|host}.", isRequired: true),
  ])
}
