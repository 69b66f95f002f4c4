public import YAML

/// A stack to begin with: some servers in every site, and clients that reach them; comments included.
public struct StackDraft: Sendable {
  /// As its file's.
  public var name: String
  /// The failure domains; at least one.
  public var sites: [String]
  /// What runs in each site, each on a node of its own; at least one.
  public var parts: [Part]

  /// A component of it.
  public struct Part: Sendable {
    let name: String
    let root: YAMLNode

    /// - Parameter root: of its `component.yaml`.
    public init(_ name: String, _ root: YAMLNode) {
      self.name = name
      self.root = root
    }
  }

  /// Nothing is checked.
  public init(name: String, sites: [String], parts: [Part]) {
    self.name = name
    self.sites = sites
    self.parts = parts
  }

  /// The file.
  public var text: String {
    """
    # A stack: sites, networks, nodes and what runs on them. Every key, with its default: faultline explain stack.
    title: \(quoted(name))
    summary: What it stands for, in a sentence.

    # What an experiment may choose, under 'with:' or by --set; ${wan-delay} stands for it below.
    parameters:
      wan-delay: {kind: duration, default: 2ms, summary: One way between two sites.}

    # Failure domains: what can be cut off, or lose its power, together. Clients stand outside.
    sites: [\((sites + ["outside"]).map(quoted).joined(separator: ", "))]

    # One layer-2 segment over all of them; several, and routers between, are possible.
    networks:
      lan: {subnet: 10.80.0.0/16}
    \(links)
    nodes:
    \(nodes.joined(separator: "\n"))
      client-1: {site: outside, role: client, network: lan, ip: 10.80.250.1}
      client-2: {site: outside, role: client, network: lan, ip: 10.80.250.2}

    # What workloads may speak with. 'replicas' are asked one by one at the end, so that what one of them lost
    # is seen.
    services:
    \(services.joined(separator: "\n"))

    """
  }

  private var links: String {
    let pairs = sites.indices.flatMap { one in
      sites[(one + 1)...].map { other in
        "  - {between: [\(quoted(sites[one])), \(quoted(other))], delay: \"${wan-delay}\"}"
      }
    }
    guard !pairs.isEmpty else { return "" }
    return """

      # What the ways between them are like; what nothing is said of is perfect.
      links:
      \(pairs.joined(separator: "\n"))

      """
  }

  private var nodes: [String] {
    parts.enumerated().flatMap { number, part in
      sites.enumerated().map { place, site in
        """
          \(part.name)-\(site):
            site: \(quoted(site))
            role: \(quoted(part.name))
            network: lan
            ip: \(address(number, place))
            components: [\(component(part))]
        """
      }
    }
  }

  private func address(_ part: Int, _ site: Int) -> String { "10.80.\(part + 1).\(site + 1)" }

  /// With what it must be told: a stack's author has to say that.
  private func component(_ part: Part) -> String {
    let needed = (part.root["parameters"]?.entries ?? []).filter { $0.value["default"] == nil }
    guard !needed.isEmpty else { return quoted(part.name) }
    let settings = needed.map { "\(quoted($0.key)): TODO" }.joined(separator: ", ")
    return "{\(quoted(part.name)): {\(settings)}}"
  }

  private var services: [String] {
    parts.enumerated().map { number, part in
      guard let url = self.url(part, host: address(number, 0)),
        let each = self.url(part, host: "${node.address}")
      else {
        return "  # \(part.name): {url: \"http://\(address(number, 0)):PORT/\"}"
      }
      return """
          \(part.name):
            url: "\(url)"
            replicas: {role: \(quoted(part.name)), url: "\(each)"}
        """
    }
  }

  /// Where it tells that it is ready; nil where that is no address of its own.
  private func url(_ part: Part, host: String) -> String? {
    let ready = part.root["ready"] ?? part.root["variants"]?.elements?.first?["ready"]
    if let port = ready?["tcp"]?.text, Int(port) != nil { return "http://\(host):\(port)/" }
    guard let text = ready?["http"]?.text, !text.contains("${"),
      let start = text.firstRange(of: "://")
    else { return nil }
    let rest = text[start.upperBound...]
    let end = rest.firstIndex { ":/".contains($0) } ?? rest.endIndex
    return text[..<start.upperBound] + host + rest[end...]
  }

  private func quoted(_ text: String) -> String {
    YAMLNode(.scalar(text, isPlain: false), at: Mark(file: "")).flowText
  }
}
