public import Basics
internal import Links

/// DNS servers that fail as their clients see it: no answer, an error, a wrong address, or one of yesterday.
///
/// The network answers in a server's place, so it works with any server, and leaves the server alone. Questions over
/// UDP are read; connections to port 53 are refused, or lost where there is to be no answer. Confirmed by questions
/// of the harness' own: over the path, and on the server's own node beside it, where nothing is in between.
public struct NamesFail: PathFault {
  public static let name = "dns-fails"
  public static let showsOnDemand = true
  public static let summary =
    "Answers DNS questions from one group of nodes to another in the servers' place, or not at all."
  public static let schema = Schema([
    .init(
      "answer", .choice(Kind.allCases.map(\.rawValue)),
      "`none`, `servfail`, `nxdomain`, a `wrong` address, or a `stale` one: what the server had answered before.",
      isRequired: true, example: "servfail"),
    .init(
      "names", .list(of: .text),
      "Only questions for these names, or with `*.` those below one; without it, for all."),
    .init(
      "address", .text,
      "For `wrong`: the IPv4 or IPv6 address that is given; names have none of the other kind then.",
      default: "192.0.2.1"),
  ])
  public static let aim = Aim.path
  public static let mustLast = true
  public static let confirmation =
    "By questions of the harness' own, asked over the path and, beside it, on the server's own node: the answers must "
    + "differ as was asked for, and still when it is healed. A `stale` answer shows once the name has changed."

  /// What is answered, in a word.
  enum Kind: String, CaseIterable { case none, servfail, nxdomain, wrong, stale }

  private let forgery: NameForgery

  public init(_ settings: Settings) throws(FaultSettingsError) {
    guard let answer = settings.text("answer").flatMap(Kind.init) else {
      throw FaultSettingsError("answer", "it must be said what is answered")
    }
    var names: [DomainPattern] = []
    for text in settings.texts("names") ?? [] {
      guard let pattern = DomainPattern(text) else {
        throw FaultSettingsError(
          "names", "'\(text)' is no domain name; write db.example or *.example")
      }
      names.append(pattern)
    }
    let written = settings.text("address")
    if written != nil, answer != .wrong {
      throw FaultSettingsError("address", "an address is given only where 'answer' is 'wrong'")
    }
    guard let address = IPAddress(text: written ?? "192.0.2.1") else {
      throw FaultSettingsError("address", "an IPv4 or IPv6 address is expected here")
    }
    let given: NameForgery.Answer =
      switch answer {
      case .none: .silence
      case .servfail: .code(2)
      case .nxdomain: .code(3)
      case .wrong: .addresses([address])
      case .stale: .stale
      }
    forgery = NameForgery(given, names: names)
  }

  var kind: PacketKind? { PacketKind(nil, port: 53) }

  public var text: String {
    let names = forgery.names.map(\.description).joined(separator: ", ")
    return "answer DNS questions\(names.isEmpty ? "" : " for \(names)") with \(words)"
  }

  private var words: String {
    switch forgery.answer {
    case .silence: "nothing"
    case .code(let code): code == 2 ? "SERVFAIL" : "NXDOMAIN"
    case .addresses(let addresses): addresses.map(\.description).joined(separator: ", ")
    case .stale: "what was true before"
    }
  }

  var impairment: Impairment {
    var impairment = Impairment()
    impairment.forgery = .names(forgery)
    return impairment
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    let asked = traffic.asked.filter(\.wasAnswered)
    guard !asked.isEmpty else {
      return .notYet("nobody answered a DNS question on any of its ways before it")
    }
    for way in asked {
      guard let look = way.last else { return .notYet("no question \(way.words) is over yet") }
      if let doubt = doubt(look, way) { return doubt }
    }
    let examples = asked.prefix(1).compactMap(\.last).map { look in
      "\(look.name): \(look.overPath?.text ?? "no answer"), where the server itself says "
        + (look.onServer?.text ?? "nothing")
    }
    return .yes("asked on each of \(asked.count) ways; \(examples.joined())")
  }

  /// Why one round of questions does not show the effect; nil where it does.
  private func doubt(_ look: AskedWay.Look, _ way: AskedWay) -> Confirmation? {
    guard let truth = look.onServer else {
      return .notYet("the server on \(way.target) did not answer on its own node")
    }
    let shown = "\(look.name) was answered with \(look.overPath?.text ?? "nothing") \(way.words)"
    switch forgery.answer {
    case .silence: return look.overPath == nil ? nil : .no(shown)
    case .code(let code):
      guard let given = look.overPath, given.code == code else { return .no(shown) }
      return truth.code == code ? .notYet("the server itself says \(truth.text)") : nil
    case .addresses(let addresses):
      guard let given = look.overPath, given.addresses == addresses else { return .no(shown) }
      return truth.addresses == addresses ? .notYet("the server itself says \(truth.text)") : nil
    case .stale:
      guard let given = look.overPath else { return .no(shown) }
      return given == truth
        ? .notYet("\(look.name) has not changed since: the server itself says \(truth.text)") : nil
    }
  }
}
