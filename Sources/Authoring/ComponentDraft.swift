internal import YAML

/// A component to begin with: one kind of server, and what tells that it works; comments included.
public struct ComponentDraft: Sendable {
  /// As its folder's.
  public var name: String
  /// The program, as an absolute path or a name on the PATH.
  public var binary: String
  /// What it is told; without the program itself.
  public var arguments: [String]
  /// The Debian package that brings it; nil where none is known.
  public var package: String?
  /// The port that it accepts connections on; nil where it has none.
  public var port: Int?

  /// Without arguments, package and port yet.
  public init(name: String, binary: String) {
    self.name = name
    self.binary = binary
    arguments = []
  }

  /// `component.yaml`.
  public var text: String {
    """
    # One kind of server: how it is started, and what tells that it works. Every key, with its default:
    # faultline explain component. Templates of configuration files lie beside this file.
    name: \(quoted(name))
    summary: What it is, in a sentence.

    # What a stack may set for each node; ${delay} stands for it below and in templates.
    # parameters:
    #   delay: {kind: duration, default: 100ms, summary: How long it waits.}

    # The real server, and where it comes from. Another program that can play the part is a second entry; what
    # only stands in for something says so (stand-in-for), and so does every report.
    variants:
      - name: \(quoted(name))
        binary: \(quoted(binary))
        packages: [\(package.map(quoted) ?? "")]
        # version: {command: ["${binary}", --version], pattern: '([0-9.]+)'}

    # It must stay in the foreground. ${dir} is its private folder, ${node.address} its node's address.
    # user: nobody
    command: \(list(["${binary}"] + arguments))
    # files:
    #   - {template: \(name).conf, to: etc/\(name).conf}

    \(ready)

    # Who leads, where that matters: a command that prints a word, asked again and again. At most one instance at a
    # time may be in an exclusive role, and every run judges that.
    # role: {command: [/bin/sh, "${dir}/etc/role.sh"], exclusive: primary, overlap: 1s}
    # What makes a standby the primary, for the operator's step 'promote':
    # promote: {command: [/bin/sh, "${dir}/etc/promote.sh"]}
    # What its configuration promises of the time after a fault, beside which every report puts what was measured:
    # predicts:
    #   - {of: role, least: delay, most: 2 * delay, source: "its manual, section 3"}

    # Asked to end like this, and killed if it has not ended by then.
    stop: {signal: TERM, within: 5s}

    """
  }

  private var ready: String {
    guard let port else {
      return """
        # What tells that it is ready; without it, it counts as ready once it runs.
        # ready: {tcp: 8080, within: 10s}
        """
    }
    return """
      # It is ready once this holds: {http: "http://127.0.0.1:\(port)/", status: 200} asks more than a connection.
      ready: {tcp: \(port), within: 10s}
      """
  }

  private func quoted(_ text: String) -> String {
    YAMLNode(.scalar(text, isPlain: false), at: Mark(file: "")).flowText
  }

  private func list(_ words: [String]) -> String {
    "[" + words.map(quoted).joined(separator: ", ") + "]"
  }
}
