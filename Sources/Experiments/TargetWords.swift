internal import Basics
internal import Stacks
internal import YAML

/// Reads whom a sentence or a flag means: `the owner of vip`, `one of role web`, `site=a`.
struct TargetWords {
  let stack: ResolvedStack

  private static let holders = ["owner", "holder"]
  private static let leaders = ["leader", "primary", "master"]

  /// Words of a sentence.
  func target(_ said: [String]) throws(Problem) -> YAMLNode {
    var words = said.filter { $0 != "the" }
    var keys = StepKeys()
    var picksOne = false
    if words.first == "one" || words.first == "any" {
      picksOne = true
      words.removeFirst(words.count > 1 && words[1] == "of" ? 2 : 1)
    } else if let first = words.first, ["all", "every", "both"].contains(first) {
      words.removeFirst(words.count > 1 && words[1] == "of" ? 2 : 1)
    }
    let site = takeSite(&words)
    switch (words.count, words.first) {
    case (3, let kind?) where Self.holders.contains(kind) && words[1] == "of":
      keys.set("owner-of", text: words[2])
    case (3, let kind?) where Self.leaders.contains(kind) && words[1] == "of":
      keys.set("leader-of", text: words[2])
    case (2, let kind?) where ["node", "site", "role"].contains(kind):
      keys.set(kind, text: words[1])
    case (1, let name?): keys.set(try selector(of: name), text: singular(name))
    default: throw unclear(said)
    }
    keys.set("site", text: site)
    if picksOne { keys.set("pick", text: "one") }
    return keys.node
  }

  /// `owner-of=vip,pick=one`, or a name.
  func target(flag: String) throws(Problem) -> YAMLNode {
    guard flag.contains("=") else { return try target(flag.split(separator: " ").map(String.init)) }
    var keys = StepKeys()
    for part in flag.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2 else {
        throw Problem(
          StepKeys.mark, "a target is written KIND=NAME, such as node=web, not '\(flag)'")
      }
      keys.set(sides[0], text: sides[1])
    }
    return keys.node
  }

  /// Whether a word names something that can be aimed at.
  func isName(_ word: String) -> Bool { (try? selector(of: word)) != nil }

  /// `… in site a`, `… in a`.
  private func takeSite(_ words: inout [String]) -> String? {
    guard words.count > 2, let place = words.lastIndex(of: "in") else { return nil }
    let rest = words[(place + 1)...].filter { $0 != "site" }
    guard rest.count == 1 else { return nil }
    words.removeSubrange(place...)
    return rest.first
  }

  private func selector(of name: String) throws(Problem) -> String {
    let (nodes, roles) = (stack.nodes.map(\.id.text), Set(stack.nodes.map(\.role)))
    let sites = stack.sites.map(\.id.text)
    if nodes.contains(name) { return "node" }
    if roles.contains(singular(name)) { return "role" }
    if sites.contains(name) { return "site" }
    if stack.addresses.contains(where: { $0.name == name }) { return "owner-of" }
    throw .unknown(
      "node, role or site", name, among: Set(nodes + roles + sites).sorted(), at: StepKeys.mark)
  }

  /// `webs` where there is a role `web` only.
  private func singular(_ name: String) -> String {
    let roles = Set(stack.nodes.map(\.role))
    let known = roles.union(stack.nodes.map(\.id.text)).union(stack.sites.map(\.id.text))
    guard name.hasSuffix("s"), !known.contains(name), roles.contains(String(name.dropLast())) else {
      return name
    }
    return String(name.dropLast())
  }

  private func unclear(_ words: [String]) -> Problem {
    let said =
      words.isEmpty
      ? "say who is meant" : "'\(words.joined(separator: " "))' does not say who is meant"
    return Problem(
      StepKeys.mark,
      "\(said); write node NAME, role NAME, site NAME, "
        + "the owner of ADDRESS or the leader of COMPONENT")
  }
}
