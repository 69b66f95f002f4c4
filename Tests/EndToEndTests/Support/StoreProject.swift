import Foundation

/// A project of two small stores that know nothing of each other, with planted faults: a stand-in
/// of a few lines for services that keep what they are given.
enum StoreProject {
  /// - Parameters:
  ///   - mode: how the stores behave: `plain`, `stuck` (takes no write after the 50th), `half`
  ///     (the second answers every page with an error).
  ///   - workload: of the name `orders`.
  static func make(
    mode: String = "plain", workload: String = set(), other: String? = nil, method: String,
    invariants: [String], rest: String = ""
  ) throws -> SmallProject {
    let lines = invariants.map { "  - \($0)" }.joined(separator: "\n")
    let project = try SmallProject(
      experiment: """
        title: Two stores
        stack: stores
        with: {mode: \(mode)}
        workloads:
          orders: \(workload)
        \(other.map { "  others: \($0)" } ?? "")
        steady-state: {for: 500ms, within: 5s}
        method:
          - \(method)
        settle: {for: 1s, within: 4s}
        \(invariants.isEmpty ? "" : "invariants:\n" + lines)
        \(rest)
        """)
    try project.write(stack, to: "fixtures/stacks/stores.yaml")
    try project.write(component, to: "fixtures/components/store/component.yaml")
    try project.write(service, to: "fixtures/components/store/service.py")
    return project
  }

  /// A workload on a service of the stack: `one`, or `local`, which is the client's own store.
  static func set(service: String = "one", from role: String = "client") -> String {
    "{kind: set, service: \(service), rate: 100/s, clients: 8, from: {role: \(role)}, "
      + "timeout: 1s, reads: 2%, client: {http: {definite: [503]}}}"
  }

  /// What was filed for the newest run.
  static func result(_ project: SmallProject) throws -> RunResult {
    try RunResult.read(project.folder + "/reports/stores/small/latest")
  }

  private static let stack = """
    title: Two stores
    summary: Stand-ins that know nothing of each other.
    parameters:
      mode: {kind: text, default: plain, summary: How they behave.}
    sites: [a, b]
    networks: {lan: {subnet: 10.99.0.0/24}}
    nodes:
      store-a: {site: a, role: store, ip: 10.99.0.1, components: [{store: {mode: "${mode}"}}]}
      store-b: {site: b, role: store, ip: 10.99.0.2, components: [{store: {mode: "${mode}"}}]}
      client: {site: b, role: client, ip: 10.99.0.9}
    services:
      one: {url: "http://store-a:8080/orders"}
      local:
        url: "http://127.0.0.1:8080/orders"
        replicas: {role: store, url: "http://${node.address}:8080/orders"}
    """

  private static let component = """
    name: store
    summary: A store of a few lines.
    parameters:
      mode: {kind: text, default: plain, summary: How it behaves.}
    binary: /usr/bin/python3
    packages: [python3]
    stand-in-for: a store
    user: nobody
    command: ["${binary}", -u, "${dir}/service.py"]
    files: [{template: service.py, to: service.py}]
    ready: {tcp: 8080, within: 10s}
    stop: {signal: TERM, within: 1s}
    """

  private static let service = """
    import json
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    orders = []; mode = "${mode}"
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def log_message(self, *a): pass
        def say(self, body, status=200):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Node", "${node.name}")
            self.end_headers()
            self.wfile.write(body)
        def do_POST(self):
            n = int(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            if mode == "stuck" and len(orders) >= 100: return self.say(b"", 503)
            orders.append(n)
            self.say(b"{}")
        def do_GET(self): self.say(json.dumps(sorted(orders)).encode())
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
    """
}
