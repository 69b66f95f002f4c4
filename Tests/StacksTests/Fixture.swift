import Stacks
import YAML

/// A small stack of invented servers, and a way to break it.
enum Fixture {
  static let stack = """
    title: Two sites
    summary: For tests.
    parameters:
      wan: {kind: duration, default: 2ms, summary: One way.}
      sync: {kind: flag, default: false}
    sites: [a, b, out]
    networks:
      lan: {subnet: 10.77.0.0/16}
    links:
      - {between: [a, b], delay: "${wan}", loss: 1%}
    addresses:
      vip: {ip: 10.77.0.100, network: lan, preferred: lb-a}
    nodes:
      lb-a: {site: a, role: balancer, ip: 10.77.1.1, components: [{proxy: {weight: 150}}]}
      lb-b: {site: b, role: balancer, ip: 10.77.1.2, components: [proxy]}
      db-a: {site: a, role: database, ip: 10.77.2.1, components: [{db: {mode: primary}}]}
      db-b: {site: b, role: database, ip: 10.77.2.2, components: [{db: {mode: standby}}]}
      client: {site: out, role: client, ip: 10.77.9.1}
    services:
      api:
        url: "http://${addresses.vip.ip}:80"
        replicas: {role: database, url: "http://${node.address}:81"}
    """

  static let proxy = """
    name: proxy
    summary: Passes on.
    parameters:
      weight: {kind: integer, default: 100}
      check: {kind: duration, default: 500ms}
    variants:
      - {name: real, binary: /usr/sbin/proxy, packages: [proxy-server]}
      - name: small
        binary: "${bin}/small-proxy"
        stand-in-for: the real proxy
        command: ["${binary}", --config, "${dir}/p.conf"]
    command: ["${binary}", -f, "${dir}/etc/p.conf", {if: stack.sync, run: --sync}]
    environment: {Z: last, A: "${node.name}"}
    files:
      - {template: p.conf, to: etc/p.conf, mode: "0600"}
      - {if: "weight == 150", text: "I am ${node.name}\\n", to: heavy}
    folders: [{path: data, mode: "0700"}, plain]
    start-after: [db]
    ready: {http: "http://127.0.0.1:8404/health", status: 200, within: 3s}
    stop: {signal: INT, within: 1s}
    restart-prepare: [[rm, -f, "${dir}/pid"]]
    """

  static let template = """
    # ${node.name} of ${node.role} number ${node.index} in ${network.prefix}
    weight ${weight} check ${check|milliseconds}
    %for x in component:db
    server ${x.name} ${x.address} ${x.db.mode}
    %end
    """

  static let db = """
    name: db
    summary: Keeps.
    parameters:
      mode: {kind: choice, choices: [primary, standby], default: primary}
    binary: db-server
    packages: [db-server, db-tools]
    version: {command: ["${binary}", --version], pattern: 'db ([0-9.]+)'}
    user: postgres
    command: ["${binary}", -D, "${dir}/data"]
    prepare:
      folder: data
      steps:
        - {if: "mode == primary", run: [init, "${dir}/data"]}
        - {if: "mode == standby", run: [copy, "${nodes.db-a.address}"]}
    start-after: [db@primary]
    ready: {tcp: 5432}
    role: {command: [ask, role], within: 1s}
    promote: {command: [ask, promote]}
    """

  static var files: [String: String] {
    [
      "s/x.yaml": stack, "c/proxy/component.yaml": proxy, "c/proxy/p.conf": template,
      "c/db/component.yaml": db,
      "c/idle/component.yaml": "{name: idle, summary: '', binary: /bin/idle, command: [x]}",
    ]
  }

  static func resolve(
    _ files: [String: String] = files, given: [Parameter.Choice] = [],
    machine: Machine = .imaginary
  ) throws(Problems) -> ResolvedStack {
    let library = MemoryLibrary(texts: files)
    return try ResolvedStack.resolve(
      StackOutline.read("s/x.yaml", from: library), given: given, components: ["c"],
      library: library, machine: machine, at: Mark(file: "test", line: 0))
  }

  /// The problems after one replacement in one file.
  static func problems(_ file: String, _ old: String, _ new: String) -> [String] {
    var files = files
    guard let text = files[file], text.contains(old) else { return ["no '\(old)' in \(file)"] }
    files[file] = text.replacing(old, with: new)
    do {
      _ = try resolve(files)
      return []
    } catch {
      return error.all.map(\.description)
    }
  }
}
