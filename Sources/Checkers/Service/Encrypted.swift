public import Basics
public import Checking
public import Histories

/// Whatever passes on some networks of the stack is encrypted: IPsec, and what a line itself needs.
///
/// Every frame that a node sends there is looked at by the fabric itself, from when the stack is up until its traffic is
/// over, faults and all. Let through are: the exchange of keys (IKE, RFC 7296: UDP port 500, and port 4500 behind four
/// zeros, each with a header whose length is right); ESP (RFC 4303) by itself, and in UDP on port 4500 with an index
/// of 256 or more (RFC 3948), the single byte that keeps such a way open included; ARP; neighbour discovery
/// (ICMPv6 133 to 136); errors of ICMP (3, 4, 11, 12) and of ICMPv6 (1 to 4). Anything else is a violation. A later piece of a
/// fragmented packet tells nobody what it is, so it leaves the verdict unknown, as does a network on which nothing was
/// encrypted, or only from one side. What is encrypted badly looks the same.
public struct Encrypted: Checker {
  public static let name = "encrypted"
  public static let summary = "Only IPsec passes on some networks, whatever happens."
  public static let schema = Schema([
    .init(
      "networks", .list(of: .text),
      "Networks of the stack; a packet there that is neither IKE nor ESP nor ARP, neighbour discovery or an error of ICMP is a violation.",
      isRequired: true, example: "[lan]")
  ])

  let networks: [String]

  public var isExcusedByFaults: Bool { false }

  public var feed: Feed { .observations }

  public var listensOn: [String] { networks }

  public init(_ settings: Settings) throws(SettingsError) {
    networks = settings.texts("networks") ?? []
    guard !networks.isEmpty else {
      throw SettingsError("networks", "say on which networks everything must be encrypted")
    }
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let lines = history.observations.compactMap { seen -> LineHearing? in
      if case .line(let heard) = seen.fact { heard } else { nil }
    }
    let spells = history.observations.compactMap { seen -> HeardInClear? in
      if case .inClear(let heard) = seen.fact { heard } else { nil }
    }
    let faults = FaultSpans(history)
    var judgement = Judgement()
    for network in networks {
      for spell in spells where spell.network == network {
        judgement.violated(
          "in clear", Self.sentence(spell, faults), [], during: spell.first...spell.last)
      }
      judge(lines.last { $0.network == network }, network, spells, &judgement)
    }
    let heard = lines.filter { networks.contains($0.network) }
    let sealed = heard.reduce(0) { $0 + $1.sealed }
    return judgement.finding(
      of: Self.self,
      held: "nothing passed in clear on \(Wording.count(networks.count, "network")): "
        + "\(Wording.count(sealed, "packet")) encrypted, "
        + "\(heard.reduce(0) { $0 + $1.keys }) of the exchange of keys",
      operations: history.operations.count,
      figures: [
        .init("encrypted", .integer(sealed)),
        .init("in-clear", .integer(heard.reduce(0) { $0 + $1.clear })),
      ])
  }

  private func judge(
    _ heard: LineHearing?, _ network: String, _ spells: [HeardInClear],
    _ judgement: inout Judgement
  ) {
    guard let heard else { return judgement.doubt("Nobody listened on \(network).") }
    if heard.clear > 0, !spells.contains(where: { $0.network == network }) {
      judgement.violated(
        "in clear", "\(Wording.count(heard.clear, "packet")) passed in clear on \(network)")
    }
    if heard.sealed == 0 {
      judgement.doubt("Nothing that is encrypted passed on \(network).")
    } else if heard.senders < 2 {
      judgement.doubt("What is encrypted came from one side only on \(network).")
    }
    if heard.pieces > 0 {
      judgement.doubt(
        "\(Wording.count(heard.pieces, "piece")) of packets passed on \(network), and nobody can tell what they are."
      )
    }
  }

  private static func sentence(_ spell: HeardInClear, _ faults: FaultSpans) -> String {
    "\(Wording.count(spell.packets, "packet")) passed in clear on \(spell.network) from "
      + "\(spell.node), first \(spell.what),"
      + faults.words(from: spell.first, to: spell.last, times: spell.packets)
  }
}
